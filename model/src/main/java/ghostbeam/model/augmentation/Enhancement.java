package ghostbeam.model.augmentation;

import ghostbeam.model.codec.Pixels;
import java.util.Arrays;

/**
 * Pillow's ImageEnhance: blends an image with a degenerate one of the same size, as degenerate +
 * factor · (image − degenerate), computed in float32, truncated and clipped to 0 to 255.
 */
final class Enhancement {
  private static final int SMOOTHING_WEIGHT = 13;

  private Enhancement() {}

  static Pixels brightness(Pixels image, double factor) {
    return towards(0, factor).apply(image);
  }

  /** Blends with the mean of its greys, rounded to nearest. */
  static Pixels contrast(Pixels image, double factor) {
    byte[] rgb = image.rgb();
    long sum = 0;
    for (int i = 0; i < rgb.length; i += 3) {
      sum += grey(rgb, i);
    }
    int pixels = image.width() * image.height();
    return towards((int) ((double) sum / pixels + 0.5), factor).apply(image);
  }

  private static ToneCurve towards(int degenerate, double factor) {
    byte[] curve = new byte[256];
    for (int v = 0; v < curve.length; v++) {
      curve[v] = blend(degenerate, v, (float) factor);
    }
    return ToneCurve.ofAll(curve);
  }

  /** Blends with its greys. */
  static Pixels color(Pixels image, double factor) {
    byte[] in = image.rgb();
    byte[] out = new byte[in.length];
    float weight = (float) factor;
    for (int i = 0; i < in.length; i += 3) {
      int grey = grey(in, i);
      out[i] = blend(grey, in[i] & 0xFF, weight);
      out[i + 1] = blend(grey, in[i + 1] & 0xFF, weight);
      out[i + 2] = blend(grey, in[i + 2] & 0xFF, weight);
    }
    return new Pixels(image.width(), image.height(), out);
  }

  /**
   * Blends with a smoothed copy: each sample averaged with its eight neighbours, with a weight of
   * five for itself.
   */
  static Pixels sharpness(Pixels image, double factor) {
    int width = image.width();
    int stride = width * 3;
    byte[] in = image.rgb();
    // Pillow leaves the border unchanged.
    byte[] out = Arrays.copyOf(in, in.length);
    for (int y = 1; y < image.height() - 1; y++) {
      for (int i = y * stride + 3; i < (y + 1) * stride - 3; i++) {
        int sum = 4 * (in[i] & 0xFF);
        for (int row = i - stride; row <= i + stride; row += stride) {
          sum += (in[row - 3] & 0xFF) + (in[row] & 0xFF) + (in[row + 3] & 0xFF);
        }
        int smooth = (2 * sum + SMOOTHING_WEIGHT) / (2 * SMOOTHING_WEIGHT);
        out[i] = blend(smooth, in[i] & 0xFF, (float) factor);
      }
    }
    return new Pixels(width, image.height(), out);
  }

  /** ITU-R 601's luma in 16-bit fixed point. */
  private static int grey(byte[] rgb, int i) {
    int red = rgb[i] & 0xFF;
    int green = rgb[i + 1] & 0xFF;
    int blue = rgb[i + 2] & 0xFF;
    return (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
  }

  private static byte blend(int degenerate, int sample, float factor) {
    float mixed = degenerate + factor * (sample - degenerate);
    return (byte) (int) Math.max(0, Math.min(255, mixed));
  }
}
