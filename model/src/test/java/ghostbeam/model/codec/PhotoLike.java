package ghostbeam.model.codec;

import java.util.Random;

/** Synthetic images with the spectrum of photographs, a function of a seed. */
public final class PhotoLike {
  private PhotoLike() {}

  /**
   * Smooth noise in octaves, each with half the scale and a little more than half the amplitude of
   * the previous one, which gives photographs' 1/f spectrum; edges of shapes; and sensor grain.
   *
   * @param grain standard deviation of the luminance noise of each pixel, in grey levels
   */
  public static Pixels of(int width, int height, double grain, long seed) {
    Random random = new Random(seed);
    double[][] planes = {
      octaves(width, height, 50, 0.6, random),
      octaves(width, height, 20, 0.4, random),
      octaves(width, height, 20, 0.4, random)
    };
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < width * height; i++) {
      int x = i % width;
      int y = i / width;
      double shapes = Math.hypot(x - width * 0.3, y - height * 0.4) < height * 0.2 ? 45 : 0;
      shapes -= (x * 7 / width + y * 5 / height) % 3 == 0 ? 30 : 0;
      double luma = 120 + planes[0][i] + shapes + grain * random.nextGaussian();
      rgb[i * 3] = level(luma + 1.402 * planes[1][i]);
      rgb[i * 3 + 1] = level(luma - 0.714 * planes[1][i] - 0.344 * planes[2][i]);
      rgb[i * 3 + 2] = level(luma + 1.772 * planes[2][i]);
    }
    return new Pixels(width, height, rgb);
  }

  private static byte level(double value) {
    return (byte) Math.max(0, Math.min(255, Math.round(value)));
  }

  private static double[] octaves(
      int width, int height, double strength, double falling, Random random) {
    double[] plane = new double[width * height];
    double amplitude = strength;
    for (int cell = 128; cell >= 2; cell /= 2, amplitude *= falling) {
      addOctave(plane, width, height, cell, amplitude, random);
    }
    return plane;
  }

  /** Gaussian values on a grid, interpolated between its points. */
  private static void addOctave(
      double[] plane, int width, int height, int cell, double amplitude, Random random) {
    int columns = width / cell + 2;
    double[] grid = random.doubles((long) columns * (height / cell + 2), -1, 1).toArray();
    for (int y = 0, i = 0; y < height; y++) {
      double down = (double) (y % cell) / cell;
      for (int x = 0; x < width; x++, i++) {
        double right = (double) (x % cell) / cell;
        int at = y / cell * columns + x / cell;
        double upper = grid[at] + right * (grid[at + 1] - grid[at]);
        double lower = grid[at + columns] + right * (grid[at + columns + 1] - grid[at + columns]);
        plane[i] += amplitude * (upper + down * (lower - upper));
      }
    }
  }
}
