package ghostbeam.model.augmentation;

import ghostbeam.model.codec.Pixels;
import java.util.Arrays;

/**
 * An affine transform with nearest-neighbour sampling. It maps pixel centres of the result to the
 * source: source x = a·x + b·y + c, source y = d·x + e·y + f.
 */
record Distortion(double a, double b, double c, double d, double e, double f) {
  private static final byte GREY = (byte) 128;

  /** Pillow computes in units of 1/65536 pixel, which decides ties. */
  private static final int FRACTION_BITS = 16;

  /** Rotates an image counter-clockwise about its centre. */
  static Distortion rotation(Pixels image, double degrees) {
    double radians = -Math.toRadians(degrees);
    double cos = Math.cos(radians);
    double sin = Math.sin(radians);
    double x = image.width() / 2.0;
    double y = image.height() / 2.0;
    return new Distortion(cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y);
  }

  Pixels apply(Pixels image) {
    int width = image.width();
    int height = image.height();
    byte[] in = image.rgb();
    byte[] out = new byte[in.length];
    Arrays.fill(out, GREY);
    long stepX = fixed(a);
    long stepY = fixed(d);
    for (int y = 0, o = 0; y < height; y++) {
      long sourceX = fixed(c + a * 0.5 + b * 0.5) + y * fixed(b);
      long sourceY = fixed(f + d * 0.5 + e * 0.5) + y * fixed(e);
      for (int x = 0; x < width; x++, o += 3) {
        long column = sourceX >> FRACTION_BITS;
        long row = sourceY >> FRACTION_BITS;
        if (column >= 0 && column < width && row >= 0 && row < height) {
          int from = ((int) row * width + (int) column) * 3;
          out[o] = in[from];
          out[o + 1] = in[from + 1];
          out[o + 2] = in[from + 2];
        }
        sourceX += stepX;
        sourceY += stepY;
      }
    }
    return new Pixels(width, height, out);
  }

  private static long fixed(double value) {
    return (long) Math.floor(value * (1 << FRACTION_BITS) + 0.5);
  }
}
