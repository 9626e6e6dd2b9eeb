package ghostbeam.model.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * A BMP's header, and which decoder reads the file: OpenCV plain ones, the JDK those with colour
 * masks or 16 bits, which OpenCV decodes wrongly. Run-length coding, which neither decodes
 * correctly, is rejected.
 */
final class Bmp {
  private static final int FILE_HEADER = 14;
  private static final int OS2_HEADER = 12;
  private static final int INFO_HEADER = 40;
  private static final int OS2_SECOND_HEADER = 64;
  private static final Set<Integer> HEADERS =
      Set.of(OS2_HEADER, INFO_HEADER, 52, 56, OS2_SECOND_HEADER, 108, 124);

  /** Headers of at least this size have an alpha mask. */
  private static final int HEADER_WITH_ALPHA = 56;

  private static final int MAX_COLOURS = 256;

  private static final int PLAIN = 0;
  private static final int MASKED = 3;

  private final byte[] file;
  private final ByteBuffer header;
  private final int headerSize;

  /**
   * @param file whose header size passes {@link #isHeaderSize}
   * @throws IndexOutOfBoundsException for a file that ends within its header
   */
  Bmp(byte[] file) {
    this.file = file;
    this.header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    this.headerSize = header.getInt(FILE_HEADER);
    header.get(FILE_HEADER + headerSize - 1);
  }

  /**
   * Whether a BMP header can have this size; together with the two magic letters it identifies a
   * BMP.
   */
  static boolean isHeaderSize(int size) {
    return HEADERS.contains(size);
  }

  long width() {
    return isOs2V1() ? header.getChar(18) : header.getInt(18);
  }

  long height() {
    return isOs2V1() ? header.getChar(20) : Math.abs((long) header.getInt(22));
  }

  private boolean isOs2V1() {
    return headerSize == OS2_HEADER;
  }

  private int bits() {
    return header.getChar(isOs2V1() ? 24 : 28);
  }

  private int compression() {
    return isOs2V1() ? PLAIN : header.getInt(30);
  }

  /** True for a file that the JDK decodes correctly and OpenCV does not. */
  boolean isForJdk() {
    return compression() == MASKED || bits() == 16;
  }

  /**
   * Throws unless the file has all its pixels and one of the decoders reads it correctly.
   *
   * @throws UndecodableImageException otherwise
   */
  void requireReadable() throws UndecodableImageException {
    String kind =
        switch (compression()) {
          case PLAIN -> "";
          case MASKED -> headerSize == OS2_SECOND_HEADER ? "Huffman-coded" : "";
          case 1, 2 -> "run-length coded";
          case 4 -> headerSize == OS2_SECOND_HEADER ? "run-length coded" : "JPEG-coded";
          case 5 -> "PNG-coded";
          default -> "unusually coded";
        };
    if (!kind.isEmpty()) {
      throw new UndecodableImageException(kind + " BMP, which no codec here decodes");
    }
    boolean known =
        switch (bits()) {
          case 1, 4, 8, 24 -> compression() == PLAIN;
          case 16, 32 -> true;
          default -> false;
        };
    if (!known) {
      String how = compression() == MASKED ? " with masks" : "";
      throw new UndecodableImageException(
          "BMP of " + bits() + " bits a pixel" + how + ", which no codec here decodes");
    }
    requireMasks();
    requirePixels();
  }

  private void requireMasks() throws UndecodableImageException {
    if (compression() != MASKED) {
      return;
    }
    if (FILE_HEADER + INFO_HEADER + 12 > file.length) {
      throw UndecodableImageException.truncated("BMP", file.length);
    }
    long alpha = headerSize >= HEADER_WITH_ALPHA ? mask(3) : 0;
    if (alpha != 0 && bits() == 16) {
      throw new UndecodableImageException(
          "BMP of 16 bits a pixel with alpha, which no codec here decodes");
    }
    long taken = 0;
    for (long mask : new long[] {mask(0), mask(1), mask(2), alpha}) {
      long run = mask == 0 ? 0 : mask >> Long.numberOfTrailingZeros(mask);
      if ((run & run + 1) != 0 || (taken & mask) != 0 || mask >> bits() != 0) {
        throw broken("its colour masks overlap or have gaps");
      }
      taken |= mask;
    }
    if (mask(0) == 0 || mask(1) == 0 || mask(2) == 0) {
      throw broken("an empty colour mask");
    }
  }

  private long mask(int colour) {
    int at = FILE_HEADER + INFO_HEADER + 4 * colour;
    return Integer.toUnsignedLong(header.getInt(at));
  }

  private void requirePixels() throws UndecodableImageException {
    long offset = Integer.toUnsignedLong(header.getInt(10));
    if (offset < FILE_HEADER + headerSize) {
      throw broken("its pixels begin within its header");
    }
    long row = (width() * bits() + 31) / 32 * 4;
    if (offset + row * height() > file.length) {
      throw UndecodableImageException.truncated("BMP", file.length);
    }
    if (bits() <= 8) {
      requireColours(offset);
    }
  }

  /**
   * Where the colour table's length is not given, decoders read the longest possible, even into the
   * pixels.
   */
  private void requireColours(long offset) throws UndecodableImageException {
    int bytes = isOs2V1() ? 3 : 4;
    long start = (long) FILE_HEADER + headerSize;
    long colours = isOs2V1() ? 0 : Integer.toUnsignedLong(header.getInt(46));
    long room = (offset - start) / bytes;
    if (colours > MAX_COLOURS || Math.max(colours, 1) > room) {
      throw broken("a table of " + colours + " colours where " + room + " fit");
    }
    if (colours == 0 && start + ((long) bytes << bits()) > file.length) {
      throw UndecodableImageException.truncated("BMP", file.length);
    }
  }

  private static UndecodableImageException broken(String cause) {
    return UndecodableImageException.broken("BMP", cause);
  }
}
