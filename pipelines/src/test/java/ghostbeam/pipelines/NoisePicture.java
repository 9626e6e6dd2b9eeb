package ghostbeam.pipelines;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import java.util.Random;

/** Noise of a class's own brightness, which a small network soon tells apart. */
public final class NoisePicture {
  private NoisePicture() {}

  /** A square JPEG whose samples lie in [floor, floor + 90). */
  public static byte[] jpeg(int side, int seed, int floor) {
    byte[] rgb = new byte[side * side * 3];
    Random random = new Random(seed);
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (floor + random.nextInt(90));
    }
    return Codec.best().encodeJpeg(new Pixels(side, side, rgb), 95);
  }
}
