package ghostbeam.model.codec;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.HexFormat;
import net.openhft.hashing.LongTupleHashFunction;

/** {@link Pixels#digest}, of samples on the heap or off it. */
final class PixelDigest {
  private PixelDigest() {}

  static String of(int width, int height, byte[] rgb) {
    return hex(function(width, height).hashBytes(rgb));
  }

  static String of(int width, int height, Memory rgb) {
    long address = Pointer.nativeValue(rgb);
    return hex(function(width, height).hashMemory(address, rgb.size()));
  }

  private static LongTupleHashFunction function(int width, int height) {
    return LongTupleHashFunction.xx128((long) height << Integer.SIZE | width);
  }

  /** The usual notation has the high half, which comes second, first. */
  private static String hex(long[] halves) {
    HexFormat format = HexFormat.of();
    return format.toHexDigits(halves[1]) + format.toHexDigits(halves[0]);
  }
}
