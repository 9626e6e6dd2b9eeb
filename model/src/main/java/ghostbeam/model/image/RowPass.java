package ghostbeam.model.image;

/**
 * The first pass of {@link PillowResize}, which processes a band of rows at once, one lane for
 * each: samples of the same column, which have the same weights, are contiguous, and only the
 * columns that the next output reads are kept. Columns are read and written two words at a time.
 */
final class RowPass {
  /** More lanes amortise each loop's overhead; with fewer, the columns in use fit the L1 cache. */
  private static final int MAX_LANES = 192;

  /** The number of lanes is a multiple of this: whole vectors on any processor. */
  private static final int VECTOR = 16;

  private final PillowAxis axis;
  private final int channels;
  private final byte[] in;
  private final int stride;
  private final int lanes;

  /**
   * A ring buffer: sample column s, counted from the first one read, is {@code columns[s %
   * length]}.
   */
  private final int[][] columns;

  /** The number of sample columns read so far, a multiple of eight. */
  private int ready;

  private final int[][] outputs;
  private final int[] left;
  private final int[] right;
  private final int[] low;
  private final int[] high;

  /**
   * @param in samples of rows of {@code stride} bytes
   * @param channels interleaved samples for each position of the axis
   * @param rows number of rows to be resampled
   */
  RowPass(PillowAxis axis, int channels, byte[] in, int stride, int rows) {
    this.axis = axis;
    this.channels = channels;
    this.in = in;
    this.stride = stride;
    int bands = (rows + MAX_LANES - 1) / MAX_LANES;
    this.lanes = ((rows + bands - 1) / bands + VECTOR - 1) / VECTOR * VECTOR;
    // The columns of a position and of the one before it, rounded outwards to whole pairs of words.
    int held = (axis.taps() + 1) * channels / (2 * PackedSamples.WORD) + 3;
    this.columns = new int[2 * PackedSamples.WORD * held][lanes];
    this.outputs = new int[PackedSamples.WORD][lanes];
    this.left = new int[lanes];
    this.right = new int[lanes];
    this.low = new int[lanes];
    this.high = new int[lanes];
  }

  /**
   * Resamples rows {@code begin} to {@code end} (exclusive) into words.
   *
   * @param outStride in words, even and with room for the resampled row
   */
  void resample(int begin, int end, int[] out, int outStride) {
    for (int row = begin; row < end; row += lanes) {
      band(row, Math.min(lanes, end - row), out, (row - begin) * outStride, outStride);
    }
  }

  private void band(int row, int count, int[] out, int outStart, int outStride) {
    ready = 0;
    for (int word = 0; word < PackedSamples.words(axis.length() * channels); word += 2) {
      outputs(word, row, count, left);
      outputs(word + 1, row, count, right);
      for (int i = 0, at = outStart + word; i < count; i++, at += outStride) {
        out[at] = left[i];
        out[at + 1] = right[i];
      }
    }
  }

  /** Four neighbouring samples of each row; past its end, the last one repeated. */
  private void outputs(int word, int row, int count, int[] words) {
    int last = axis.length() * channels - 1;
    for (int i = 0; i < PackedSamples.WORD; i++) {
      int sample = Math.min(word * PackedSamples.WORD + i, last);
      int first = firstColumn(sample);
      read(first + (axis.counts()[sample / channels] - 1) * channels, row, count);
      int at = first % columns.length;
      PackedSamples.weigh(axis, sample / channels, columns, at, channels, outputs[i]);
    }
    PackedSamples.join(outputs, words);
  }

  private int firstColumn(int sample) {
    return (axis.first()[sample / channels] - axis.begin()) * channels + sample % channels;
  }

  /** Reads columns up to {@code last}. */
  private void read(int last, int row, int count) {
    for (; ready <= last; ready += 2 * PackedSamples.WORD) {
      int at = row * stride + axis.begin() * channels + ready;
      PackedSamples.load(in, at, stride, count, low, high);
      int to = ready % columns.length;
      PackedSamples.split(low, columns[to], columns[to + 1], columns[to + 2], columns[to + 3]);
      PackedSamples.split(high, columns[to + 4], columns[to + 5], columns[to + 6], columns[to + 7]);
    }
  }
}
