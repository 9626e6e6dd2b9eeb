package ghostbeam.model.image;

/**
 * Pillow's bicubic weights along one axis, for a range of output positions: output i is the sum of
 * {@code weights[i * taps + t] * input[first[i] + t]} for t below {@code counts[i]}.
 *
 * <p>Weights are computed in double, normalised to sum 1, and rounded to fixed point with {@value
 * #PRECISION_BITS} bits as in Pillow's Resample.c, so that results equal Pillow's.
 *
 * @param first first input position of each output, non-decreasing
 * @param counts number of input positions of each output
 * @param weights fixed-point weights, {@code taps} for each output, zero beyond its count
 * @param taps the maximum of {@code counts}
 */
record PillowAxis(int[] first, int[] counts, int[] weights, int taps) {
  /** 8 bits for the result and 2 for overshoot are kept free in an int. */
  static final int PRECISION_BITS = 32 - 8 - 2;

  private static final double A = -0.5;
  private static final double SUPPORT = 2.0;

  /**
   * Outputs {@code start} to {@code start + length} of an axis resized from one length to another.
   */
  static PillowAxis of(int size, int resized, int start, int length) {
    return size == resized ? identity(start, length) : of(size, size, resized, start, length);
  }

  /**
   * The same for an axis of which only the part from 0 to {@code covered} is resized. Both that
   * part and its resized length may be fractional.
   */
  static PillowAxis of(int size, double covered, double resized, int start, int length) {
    double scale = covered / resized;
    double filterScale = Math.max(scale, 1.0);
    double support = SUPPORT * filterScale;
    int taps = (int) Math.ceil(support) * 2 + 1;
    int[] first = new int[length];
    int[] counts = new int[length];
    int[] weights = new int[Math.multiplyExact(length, taps)];
    double[] exact = new double[taps];
    for (int i = 0; i < length; i++) {
      double center = (start + i + 0.5) * scale;
      first[i] = Math.max((int) (center - support + 0.5), 0);
      counts[i] = Math.min((int) (center + support + 0.5), size) - first[i];
      double sum = 0;
      for (int t = 0; t < counts[i]; t++) {
        exact[t] = bicubic((t + first[i] - center + 0.5) * (1.0 / filterScale));
        sum += exact[t];
      }
      for (int t = 0; t < counts[i]; t++) {
        weights[i * taps + t] = fixed(sum == 0 ? exact[t] : exact[t] / sum);
      }
    }
    return new PillowAxis(first, counts, weights, taps);
  }

  /** An axis that keeps its length is copied: one weight of 1 for each position. */
  private static PillowAxis identity(int start, int length) {
    int[] first = new int[length];
    int[] ones = new int[length];
    int[] weights = new int[length];
    for (int i = 0; i < length; i++) {
      first[i] = start + i;
      ones[i] = 1;
      weights[i] = 1 << PRECISION_BITS;
    }
    return new PillowAxis(first, ones, weights, 1);
  }

  private static int fixed(double weight) {
    double scaled = weight * (1 << PRECISION_BITS);
    return (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  }

  int length() {
    return first.length;
  }

  /** The first input position read. */
  int begin() {
    return first[0];
  }

  /** The input position after the last one read. */
  int end() {
    int last = length() - 1;
    return first[last] + counts[last];
  }

  private static double bicubic(double at) {
    double x = Math.abs(at);
    if (x < 1.0) {
      return ((A + 2.0) * x - (A + 3.0)) * x * x + 1;
    }
    if (x < 2.0) {
      return (((x - 5) * x + 8) * x - 4) * A;
    }
    return 0.0;
  }
}
