package ghostbeam.model.codec;

/**
 * Checks what lies between a JPEG's only scan and its end, by libjpeg's rules: comments,
 * application segments and sound tables are allowed; further frames, scans or images are not.
 */
final class JpegTail {
  private static final int DHT = 0xC4;
  private static final int DAC = 0xCC;
  private static final int SOI = 0xD8;
  private static final int SOS = 0xDA;
  private static final int DQT = 0xDB;
  private static final int DNL = 0xDC;
  private static final int DRI = 0xDD;
  private static final int COM = 0xFE;
  private static final int TEM = 0x01;
  private static final int HUFFMAN_LENGTHS = 16;
  private static final int MAX_HUFFMAN_CODES = 256;

  private final byte[] file;
  private int at;
  private final int end;

  private JpegTail(byte[] file, int at) {
    this.file = file;
    this.at = at + 2;
    this.end = at + word(at);
  }

  /**
   * Throws unless a segment is allowed there and sound.
   *
   * @param at offset of the segment's length
   */
  static void requireSound(byte[] file, int marker, int at) throws UndecodableImageException {
    boolean skipped = (marker >= 0xE0 && marker <= 0xEF) || marker == COM || marker == DNL;
    if (skipped || marker == TEM) {
      return;
    }
    if (at + 1 >= file.length) {
      throw UndecodableImageException.truncated("JPEG", file.length);
    }
    JpegTail segment = new JpegTail(file, at);
    boolean sound =
        switch (marker) {
          case DHT -> segment.huffmanTables();
          case DQT -> segment.quantizationTables();
          case DAC -> segment.arithmeticTables();
          case DRI -> segment.left() == 2;
          default -> false;
        };
    if (!sound) {
      throw UndecodableImageException.broken("JPEG", name(marker) + " after its only scan");
    }
  }

  private static String name(int marker) {
    return switch (marker) {
      case DHT, DQT, DAC, DRI -> "an invalid table";
      case SOI -> "another image";
      case SOS -> "another scan";
      case 0xC0, 0xC1, 0xC2, 0xC9, 0xCA -> "another frame";
      default -> "marker 0x%02x".formatted(marker);
    };
  }

  private int left() {
    return end - at;
  }

  private int word(int offset) {
    return (file[offset] & 0xFF) << 8 | (file[offset + 1] & 0xFF);
  }

  private boolean huffmanTables() {
    while (left() > HUFFMAN_LENGTHS && end <= file.length) {
      int kind = file[at++] & 0xEF;
      int codes = 0;
      for (int i = 0; i < HUFFMAN_LENGTHS; i++) {
        codes += file[at++] & 0xFF;
      }
      if (kind > 3 || codes > MAX_HUFFMAN_CODES || codes > left()) {
        return false;
      }
      at += codes;
    }
    return left() == 0 || end > file.length;
  }

  private boolean quantizationTables() {
    while (left() > 0 && end <= file.length) {
      int kind = file[at++] & 0xFF;
      if ((kind & 0xF) > 3 || left() < (kind >> 4 > 0 ? 128 : 64)) {
        return false;
      }
      at += kind >> 4 > 0 ? 128 : 64;
    }
    return left() == 0 || end > file.length;
  }

  private boolean arithmeticTables() {
    while (left() > 1 && end <= file.length) {
      int kind = file[at++] & 0xFF;
      int value = file[at++] & 0xFF;
      boolean direct = kind < 16;
      if (kind >= 32 || (direct && (value & 0xF) > value >> 4)) {
        return false;
      }
    }
    return left() == 0 || end > file.length;
  }
}
