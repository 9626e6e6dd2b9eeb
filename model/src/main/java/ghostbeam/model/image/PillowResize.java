package ghostbeam.model.image;

import ghostbeam.model.codec.Pixels;

/**
 * Pillow's two-pass resampling of 8-bit images: along rows, rounded to 8 bits, then along columns,
 * rounded again. Both passes compute many samples at once in {@link PackedSamples}.
 */
final class PillowResize {
  /** Words in a cache line; a row of the intermediate image takes an odd number of lines. */
  private static final int LINE = 16;

  private PillowResize() {}

  static Pixels resize(Pixels image, PillowAxis columns, PillowAxis rows) {
    byte[] rgb = resize(image.rgb(), image.width(), 3, columns, rows);
    return new Pixels(columns.length(), rows.length(), rgb);
  }

  /**
   * Resamples an image of any number of interleaved channels.
   *
   * @param in samples, rows from the top without gaps
   * @param width of {@code in}, in pixels
   */
  static byte[] resize(byte[] in, int width, int channels, PillowAxis columns, PillowAxis rows) {
    int samples = Math.multiplyExact(columns.length(), channels);
    int height = rows.end() - rows.begin();
    // It is written by columns; with an even stride these would share few cache sets.
    int stride = ((PackedSamples.words(samples) + LINE - 1) / LINE | 1) * LINE;
    int[] middle = new int[Math.multiplyExact(height, stride)];
    new RowPass(columns, channels, in, width * channels, height)
        .resample(rows.begin(), rows.end(), middle, stride);
    return alongColumns(rows, middle, stride, samples);
  }

  /** The second pass, with a lane for each sample of a row. */
  private static byte[] alongColumns(PillowAxis axis, int[] in, int stride, int samples) {
    int[] words = new int[PackedSamples.words(samples)];
    int[][][] inputs = new int[PackedSamples.WORD][axis.taps() + 1][words.length];
    int[][] outputs = new int[PackedSamples.WORD][words.length];
    byte[] out = new byte[Math.multiplyExact(samples, axis.length())];
    int ready = 0;
    for (int y = 0; y < axis.length(); y++) {
      int first = axis.first()[y] - axis.begin();
      for (; ready < first + axis.counts()[y]; ready++) {
        System.arraycopy(in, ready * stride, words, 0, words.length);
        int to = ready % (axis.taps() + 1);
        PackedSamples.split(words, inputs[0][to], inputs[1][to], inputs[2][to], inputs[3][to]);
      }
      for (int i = 0; i < PackedSamples.WORD; i++) {
        PackedSamples.weigh(axis, y, inputs[i], first % (axis.taps() + 1), 1, outputs[i]);
      }
      PackedSamples.join(outputs, words);
      PackedSamples.store(words, samples, out, y * samples);
    }
    return out;
  }
}
