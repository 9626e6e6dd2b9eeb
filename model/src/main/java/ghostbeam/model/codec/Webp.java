package ghostbeam.model.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Checks a WebP's chunks before libwebp, which gives no reasons, decodes them. */
final class Webp {
  private static final int FIRST_CHUNK = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int VP8_HEADER = 10;

  /** OpenCV rejects shorter files, though lossless ones may be shorter. */
  private static final int MIN_BYTES_FOR_OPENCV = 32;

  private Webp() {}

  /**
   * The file in a form that OpenCV decodes.
   *
   * @throws UndecodableImageException for a file that is truncated or has no picture
   */
  static byte[] whole(byte[] file) throws UndecodableImageException {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long end = CHUNK_HEADER + Integer.toUnsignedLong(bytes.getInt(4));
    if (end > file.length) {
      throw UndecodableImageException.truncated("WebP", file.length);
    }
    for (long at = FIRST_CHUNK; at + CHUNK_HEADER <= end; ) {
      String kind = new String(file, (int) at, 4, StandardCharsets.ISO_8859_1);
      long length = Integer.toUnsignedLong(bytes.getInt((int) at + 4));
      if (at + CHUNK_HEADER + length > end) {
        throw broken("its " + kind.trim() + " chunk extends past its end");
      }
      if (kind.equals("VP8 ")) {
        requireFirstPart(bytes, (int) at + CHUNK_HEADER, length);
      }
      if (kind.equals("VP8 ") || kind.equals("VP8L")) {
        return upTo((int) (at + CHUNK_HEADER + length), file);
      }
      at += CHUNK_HEADER + length + length % 2;
    }
    throw broken("no picture");
  }

  /**
   * Drops everything after the picture but the padding byte: libwebp would read on past a truncated
   * lossless picture.
   */
  private static byte[] upTo(int end, byte[] file) {
    int even = end + end % 2;
    byte[] whole = Arrays.copyOf(Arrays.copyOf(file, end), Math.max(even, MIN_BYTES_FOR_OPENCV));
    ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putInt(4, even - CHUNK_HEADER);
    return whole;
  }

  private static void requireFirstPart(ByteBuffer bytes, int at, long length)
      throws UndecodableImageException {
    if (length < VP8_HEADER) {
      throw broken("a picture of " + length + " bytes");
    }
    int tag = bytes.getInt(at) & 0xFFFFFF;
    if ((tag & 1) != 0) {
      throw broken("its picture is not a key frame");
    }
    if (tag >> 5 >= length) {
      throw broken("the first partition of its picture extends past the picture");
    }
  }

  static UndecodableImageException broken(String cause) {
    return UndecodableImageException.broken("WebP", cause);
  }
}
