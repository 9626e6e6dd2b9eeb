package ghostbeam.model.image;

import java.nio.FloatBuffer;

/** ImageNet's mean and standard deviation, per channel, on the scale of 0 to 255. */
public final class Normalization {
  private Normalization() {}

  /** Appends an image as floats in H×W×C order. */
  public static void putHwc(Pixels image, FloatBuffer out) {
    throw new UnsupportedOperationException("STUB");
  }

  /** Appends an image as floats in C×H×W order. */
  public static void putChw(Pixels image, FloatBuffer out) {
    throw new UnsupportedOperationException("STUB");
  }
}
