package ghostbeam.model.image;

import ghostbeam.model.codec.Pixels;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Normalisation by ImageNet's mean and standard deviation, per channel: a sample v becomes (v −
 * 255·mean) / (255·std), computed in double and rounded to float.
 */
public final class Normalization {
  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] STD = {0.229, 0.224, 0.225};

  /** The normalised value of each channel and sample. */
  private static final float[][] TABLE = table();

  private Normalization() {}

  /** What is subtracted from the samples of each channel: 255·mean. */
  public static float[] means() {
    float[] means = new float[MEAN.length];
    for (int channel = 0; channel < means.length; channel++) {
      means[channel] = (float) (255 * MEAN[channel]);
    }
    return means;
  }

  /** What each channel is divided by after that: 255·std. */
  public static double[] deviations() {
    return Arrays.stream(STD).map(std -> 255 * std).toArray();
  }

  /** Appends an image as floats in H×W×C order. */
  public static void put(Pixels image, FloatBuffer out) {
    byte[] rgb = image.rgb();
    float[] row = new float[image.width() * 3];
    for (int start = 0; start < rgb.length; start += row.length) {
      for (int i = 0; i < row.length; i += 3) {
        row[i] = TABLE[0][rgb[start + i] & 0xFF];
        row[i + 1] = TABLE[1][rgb[start + i + 1] & 0xFF];
        row[i + 2] = TABLE[2][rgb[start + i + 2] & 0xFF];
      }
      out.put(row);
    }
  }

  /**
   * The inverse of {@link #put}, rounded to the nearest sample.
   *
   * @param from width · height · 3 floats in H×W×C order
   */
  public static Pixels pixels(FloatBuffer from, int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i++) {
      double sample = 255 * (from.get(i) * STD[i % 3] + MEAN[i % 3]);
      rgb[i] = (byte) Math.max(0, Math.min(255, Math.round(sample)));
    }
    return new Pixels(width, height, rgb);
  }

  private static float[][] table() {
    float[][] table = new float[3][256];
    for (int channel = 0; channel < 3; channel++) {
      for (int v = 0; v < 256; v++) {
        table[channel][v] = (float) ((v - 255 * MEAN[channel]) / (255 * STD[channel]));
      }
    }
    return table;
  }
}
