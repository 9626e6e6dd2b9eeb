package ghostbeam.model.image;

/**
 * The first pass of {@link PillowResize}. It takes a band of rows at once, a lane each: samples of
 * the same column, which have the same weights, lie together, and only those columns are held that
 * the next output reads.
 */
final class AlongRows {
  /** More lanes amortise each loop's start; with fewer the columns in use fit the first cache. */
  private static final int MOST_LANES = 192;

  /** Lanes are a multiple of this, whole vectors on any processor. */
  private static final int VECTOR = 16;

  private final PillowAxis axis;
  private final int channels;
  private final byte[] in;
  private final int stride;
  private final int lanes;

  /** Sample column s, counted from the first that is read, is in {@code columns[s % length]}. */
  private final int[][] columns;

  /** Sample columns that were read, four at a time. */
  private int ready;

  private final int[][] outputs;
  private final int[] words;

  /**
   * @param in samples of rows of {@code stride} bytes
   * @param channels samples side by side that make a position of the axis
   * @param rows to be resampled in all
   */
  AlongRows(PillowAxis axis, int channels, byte[] in, int stride, int rows) {
    this.axis = axis;
    this.channels = channels;
    this.in = in;
    this.stride = stride;
    int bands = (rows + MOST_LANES - 1) / MOST_LANES;
    this.lanes = ((rows + bands - 1) / bands + VECTOR - 1) / VECTOR * VECTOR;
    // A position's columns, and those of the one before, on either side in whole words.
    this.columns = new int[Lanes.WORD * (Lanes.words((axis.taps() + 1) * channels) + 2)][lanes];
    this.outputs = new int[Lanes.WORD][lanes];
    this.words = new int[lanes];
  }

  /** Resamples rows from one to before another, as words. */
  void resample(int begin, int end, int[] out, int outStride) {
    for (int row = begin; row < end; row += lanes) {
      band(row, Math.min(lanes, end - row), out, (row - begin) * outStride, outStride);
    }
  }

  private void band(int row, int count, int[] out, int outStart, int outStride) {
    int samples = axis.length() * channels;
    ready = 0;
    for (int word = 0; word < Lanes.words(samples); word++) {
      for (int i = 0; i < Lanes.WORD; i++) {
        output(Math.min(word * Lanes.WORD + i, samples - 1), row, count, outputs[i]);
      }
      Lanes.join(outputs, words);
      for (int i = 0, at = outStart + word; i < count; i++, at += outStride) {
        out[at] = words[i];
      }
    }
  }

  private void output(int sample, int row, int count, int[] sums) {
    int position = sample / channels;
    int channel = sample % channels;
    int first = (axis.first()[position] - axis.begin()) * channels + channel;
    int last = first + (axis.counts()[position] - 1) * channels;
    for (; ready <= last; ready += Lanes.WORD) {
      int at = row * stride + axis.begin() * channels + ready;
      Lanes.load(in, at, stride, count, words);
      int to = ready % columns.length;
      Lanes.split(words, columns[to], columns[to + 1], columns[to + 2], columns[to + 3]);
    }
    Lanes.weigh(axis, position, columns, first % columns.length, channels, sums);
  }
}
