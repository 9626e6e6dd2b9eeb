package ghostbeam.model.augmentation;

import ghostbeam.model.codec.Pixels;

/** A lookup table that maps the 256 samples of each channel. */
final class ToneCurve {
  private static final int LEVELS = 256;

  private final byte[][] channels;

  private ToneCurve(byte[]... channels) {
    this.channels = channels;
  }

  /** The same curve for all three channels. */
  static ToneCurve ofAll(byte[] curve) {
    return new ToneCurve(curve, curve, curve);
  }

  /** Inverts samples at and above a threshold. */
  static ToneCurve solarize(double threshold) {
    byte[] curve = new byte[LEVELS];
    for (int v = 0; v < LEVELS; v++) {
      curve[v] = (byte) (v < threshold ? v : 255 - v);
    }
    return ofAll(curve);
  }

  /** Adds to samples below a threshold, saturating at 255. */
  static ToneCurve brighterBelow(int threshold, int addend) {
    byte[] curve = new byte[LEVELS];
    for (int v = 0; v < LEVELS; v++) {
      curve[v] = (byte) (v < threshold ? Math.min(255, v + addend) : v);
    }
    return ofAll(curve);
  }

  /** Keeps the 0 to 8 highest bits. */
  static ToneCurve posterize(int bits) {
    byte[] curve = new byte[LEVELS];
    for (int v = 0; v < LEVELS; v++) {
      curve[v] = (byte) (v & (0xFF00 >> bits));
    }
    return ofAll(curve);
  }

  /** Equalises each channel's histogram. */
  static ToneCurve equalize(Pixels image) {
    int[][] counts = counts(image);
    byte[][] curves = new byte[3][LEVELS];
    for (int channel = 0; channel < 3; channel++) {
      int[] count = counts[channel];
      int step = (image.width() * image.height() - count[last(count)]) / 255;
      int sum = step / 2;
      for (int v = 0; v < LEVELS; v++) {
        curves[channel][v] = (byte) (step == 0 ? v : Math.min(255, sum / step));
        sum += count[v];
      }
    }
    return new ToneCurve(curves);
  }

  /** Stretches each channel to the full range. */
  static ToneCurve stretch(Pixels image) {
    int[][] counts = counts(image);
    byte[][] curves = new byte[3][LEVELS];
    for (int channel = 0; channel < 3; channel++) {
      int low = first(counts[channel]);
      int high = last(counts[channel]);
      double scale = high == low ? 1 : 255.0 / (high - low);
      double offset = high == low ? 0 : -low * scale;
      for (int v = 0; v < LEVELS; v++) {
        curves[channel][v] = (byte) (int) Math.max(0, Math.min(255, v * scale + offset));
      }
    }
    return new ToneCurve(curves);
  }

  private static int[][] counts(Pixels image) {
    byte[] rgb = image.rgb();
    int[][] counts = new int[3][LEVELS];
    for (int i = 0; i < rgb.length; i += 3) {
      counts[0][rgb[i] & 0xFF]++;
      counts[1][rgb[i + 1] & 0xFF]++;
      counts[2][rgb[i + 2] & 0xFF]++;
    }
    return counts;
  }

  private static int first(int[] counts) {
    int v = 0;
    while (counts[v] == 0) {
      v++;
    }
    return v;
  }

  private static int last(int[] counts) {
    int v = LEVELS - 1;
    while (counts[v] == 0) {
      v--;
    }
    return v;
  }

  Pixels apply(Pixels image) {
    byte[] in = image.rgb();
    byte[] out = new byte[in.length];
    byte[] red = channels[0];
    byte[] green = channels[1];
    byte[] blue = channels[2];
    for (int i = 0; i < in.length; i += 3) {
      out[i] = red[in[i] & 0xFF];
      out[i + 1] = green[in[i + 1] & 0xFF];
      out[i + 2] = blue[in[i + 2] & 0xFF];
    }
    return new Pixels(image.width(), image.height(), out);
  }
}
