package ghostbeam.model.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG that its pixels depend on, with valid checksums. All others are skipped
 * unread: damaged text, profiles or Exif data do not affect the pixels.
 */
final class PngChunks {
  private static final int SIGNATURE = 8;

  /** Length, type and checksum. */
  private static final int FRAME = 12;

  private static final int HEADER = 13;
  private static final int MAX_PALETTE_BYTES = 256 * 3;

  /** A part of the file. */
  record Range(int start, int length) {}

  private final byte[] file;
  private final ByteBuffer bytes;
  private final List<Range> data = new ArrayList<>();
  private byte[] header = {};
  private byte[] palette = {};
  private byte[] transparency = {};
  private boolean dataEnded;

  private PngChunks(byte[] file) {
    this.file = file;
    this.bytes = ByteBuffer.wrap(file);
  }

  /**
   * Walks a file to its end chunk.
   *
   * @param file whose header {@link ImageHeader} has read
   * @throws UndecodableImageException for a file that is truncated or violates the format
   */
  static PngChunks read(byte[] file) throws UndecodableImageException {
    PngChunks chunks = new PngChunks(file);
    int at = SIGNATURE;
    String type = "";
    while (!type.equals("IEND")) {
      if (at + FRAME > file.length) {
        throw UndecodableImageException.truncated("PNG", file.length);
      }
      int length = chunks.bytes.getInt(at);
      type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
      if (!isName(type)) {
        throw broken("no valid chunk at byte " + at);
      }
      if (length < 0 || length > file.length - at - FRAME) {
        throw UndecodableImageException.truncated("PNG", file.length);
      }
      chunks.take(type, new Range(at + 8, length));
      at += FRAME + length;
    }
    chunks.requirePixels();
    return chunks;
  }

  private static boolean isName(String type) {
    return type.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
  }

  static UndecodableImageException broken(String cause) {
    return UndecodableImageException.broken("PNG", cause);
  }

  private void take(String type, Range body) throws UndecodableImageException {
    if (header.length == 0 && !type.equals("IHDR")) {
      throw broken("it begins with " + type + ", not with IHDR");
    }
    switch (type) {
      case "IHDR" -> {
        require(header.length == 0, "two headers");
        require(body.length == HEADER, "a header of " + body.length + " bytes");
        header = checked(type, body);
        requireKnownKind();
      }
      case "PLTE" -> {
        if (hasPalette() && data.isEmpty()) {
          require(palette.length == 0, "two colour tables");
          boolean whole = body.length % 3 == 0 && body.length > 0;
          require(
              whole && body.length <= MAX_PALETTE_BYTES,
              "a colour table of " + body.length + " bytes");
          palette = checked(type, body);
        }
      }
      case "tRNS" -> {
        if (transparency.length == 0 && data.isEmpty()) {
          transparency = checked(type, body);
        }
      }
      case "IDAT" -> {
        if (!dataEnded) {
          checked(type, body);
          data.add(body);
        }
      }
      case "IEND" -> checked(type, body);
      default -> require(Character.isLowerCase(type.charAt(0)), "unknown critical chunk " + type);
    }
    dataEnded = !data.isEmpty() && !type.equals("IDAT");
  }

  private static void require(boolean sound, String cause) throws UndecodableImageException {
    if (!sound) {
      throw broken(cause);
    }
  }

  /** A chunk's body, after checking its checksum. */
  private byte[] checked(String type, Range body) throws UndecodableImageException {
    CRC32 crc = new CRC32();
    crc.update(file, body.start - 4, body.length + 4);
    require(
        bytes.getInt(body.start + body.length) == (int) crc.getValue(),
        "the checksum of " + type + " at byte " + (body.start - 8) + " is wrong");
    if (type.equals("IDAT")) {
      return file; // may be as large as the file, so it is not copied
    }
    return ByteBuffer.allocate(body.length).put(file, body.start, body.length).array();
  }

  private void requireKnownKind() throws UndecodableImageException {
    boolean deep = depth() == 8 || depth() == 16;
    boolean shallow = depth() == 1 || depth() == 2 || depth() == 4;
    boolean known =
        switch (colour()) {
          case 0 -> shallow || deep;
          case 2, 4, 6 -> deep;
          case 3 -> shallow || depth() == 8;
          default -> false;
        };
    require(known, "colour type " + colour() + " of " + depth() + " bits");
    require(header[10] == 0 && header[11] == 0, "an unknown compression or filter method");
    require(header[12] == 0 || header[12] == 1, "an unknown interlacing");
  }

  private void requirePixels() throws UndecodableImageException {
    require(!data.isEmpty(), "no pixel data");
    require(palette.length > 0 || !hasPalette(), "no colour table");
  }

  /** Bits per sample. */
  int depth() {
    return header[8];
  }

  /** PNG's colour type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  private int colour() {
    return header[9];
  }

  boolean interlaced() {
    return header[12] == 1;
  }

  private boolean hasPalette() {
    return colour() == 3;
  }

  /** Samples per pixel; a palette index is one. */
  int samples() {
    return switch (colour()) {
      case 2 -> 3;
      case 4 -> 2;
      case 6 -> 4;
      default -> 1;
    };
  }

  /**
   * The palette, three bytes per colour, extended with black to all possible indices; empty where
   * the image has no palette.
   */
  byte[] palette() {
    return hasPalette() ? Arrays.copyOf(palette, 3 << depth()) : new byte[0];
  }

  /**
   * The content of tRNS: an alpha for each of the palette's first colours, or the samples of the
   * transparent colour. Empty where there is none, where its length does not fit the image, or
   * where pixels have an alpha channel.
   */
  int[] transparency() {
    ByteBuffer body = ByteBuffer.wrap(transparency);
    if (hasPalette()) {
      int colours = Math.min(transparency.length, Math.min(palette.length / 3, 1 << depth()));
      return IntStream.range(0, colours).map(i -> body.get(i) & 0xFF).toArray();
    }
    boolean isKey = samples() % 2 == 1 && transparency.length == samples() * Short.BYTES;
    int mask = (1 << depth()) - 1;
    return IntStream.range(0, isKey ? samples() : 0)
        .map(i -> body.getChar(i * Short.BYTES) & mask)
        .toArray();
  }

  /** Where the compressed pixels lie; the ranges form one zlib stream. */
  List<Range> data() {
    return data;
  }
}
