package ghostbeam.model.image;

import ghostbeam.model.codec.Pixels;
import java.nio.FloatBuffer;

/**
 * ImageNet's mean and standard deviation, per channel: a sample v becomes (v − 255·mean) /
 * (255·std), computed in double and rounded to float.
 */
public final class Normalization {
  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] STD = {0.229, 0.224, 0.225};

  /** One value for each of the 256 samples of each channel. */
  private static final float[][] TABLE = table();

  private Normalization() {}

  /** Appends an image as floats in H×W×C order. */
  public static void putHwc(Pixels image, FloatBuffer out) {
    byte[] rgb = image.rgb();
    float[] row = new float[image.width() * 3];
    for (int start = 0; start < rgb.length; start += row.length) {
      for (int x = 0; x < row.length; x += 3) {
        row[x] = TABLE[0][rgb[start + x] & 0xFF];
        row[x + 1] = TABLE[1][rgb[start + x + 1] & 0xFF];
        row[x + 2] = TABLE[2][rgb[start + x + 2] & 0xFF];
      }
      out.put(row);
    }
  }

  /** Appends an image as floats in C×H×W order. */
  public static void putChw(Pixels image, FloatBuffer out) {
    byte[] rgb = image.rgb();
    float[] row = new float[image.width()];
    for (int channel = 0; channel < 3; channel++) {
      float[] values = TABLE[channel];
      for (int start = channel; start < rgb.length; start += row.length * 3) {
        for (int x = 0; x < row.length; x++) {
          row[x] = values[rgb[start + x * 3] & 0xFF];
        }
        out.put(row);
      }
    }
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
