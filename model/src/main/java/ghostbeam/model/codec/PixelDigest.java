package ghostbeam.model.codec;

import java.util.HexFormat;
import net.openhft.hashing.LongTupleHashFunction;

/** The 128-bit XXH3 of an image's samples, seeded with its size. */
final class PixelDigest {
  private PixelDigest() {}

  static String of(int width, int height, byte[] rgb) {
    long seed = (long) height << Integer.SIZE | width;
    return hex(LongTupleHashFunction.xx128(seed).hashBytes(rgb));
  }

  /** The canonical notation begins with the high half, the second of the two. */
  private static String hex(long[] halves) {
    HexFormat format = HexFormat.of();
    return format.toHexDigits(halves[1]) + format.toHexDigits(halves[0]);
  }
}
