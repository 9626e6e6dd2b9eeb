package ghostbeam.model.image;

import ghostbeam.model.codec.Pixels;
import java.util.Arrays;

/**
 * Pillow's two-pass resampling of 8-bit images: along rows, rounded to 8 bits, then along columns,
 * rounded again.
 *
 * <p>Each source row is resampled once, when the first output row needs it, and kept in a ring as
 * long as output rows need it: nothing is computed for rows that no output row reads, and all of it
 * stays in the processor's cache.
 *
 * <p>The first pass takes two rows at once, the samples of one in the low half of a long and of the
 * other in its high half, so that one multiplication serves both. A half's sum never leaves 32
 * bits; a negative low half borrows from the high one, which {@link #high} undoes.
 */
final class PillowResize {
  private static final int BITS = PillowAxis.PRECISION_BITS;
  private static final int HALF = 1 << (BITS - 1);
  private static final long HALVES = HALF | (long) HALF << 32;

  private final Pixels image;
  private final PillowAxis columns;
  private final PillowAxis rows;

  /** Resampled source rows; source row y is in {@code ring[y % ring.length]}, samples as ints. */
  private final int[][] ring;

  /** Samples of two source rows, with room for the zero weights behind the last column's. */
  private final long[] pair;

  private PillowResize(Pixels image, PillowAxis columns, PillowAxis rows) {
    this.image = image;
    this.columns = columns;
    this.rows = rows;
    this.ring = new int[rows.taps() + 2][columns.length() * 3];
    this.pair = new long[(columns.end() - columns.begin() + PillowAxis.STEP) * 3];
  }

  static Pixels resize(Pixels image, PillowAxis columns, PillowAxis rows) {
    return new PillowResize(image, columns, rows).resize();
  }

  private Pixels resize() {
    int stride = columns.length() * 3;
    byte[] out = new byte[Math.multiplyExact(stride, rows.length())];
    int[] sums = new int[stride];
    int ready = rows.begin();
    for (int y = 0; y < rows.length(); y++) {
      int begin = rows.first()[y];
      int end = begin + rows.counts()[y];
      for (ready = Math.max(ready, begin); ready < end; ready += 2) {
        alongRows(ready, Math.min(ready + 1, image.height() - 1));
      }
      Arrays.fill(sums, HALF);
      for (int source = begin; source < end; source++) {
        add(ring[source % ring.length], rows.weights()[y * rows.taps() + source - begin], sums);
      }
      for (int i = 0; i < stride; i++) {
        out[y * stride + i] = (byte) clip(sums[i]);
      }
    }
    return new Pixels(columns.length(), rows.length(), out);
  }

  /** Resamples two source rows, which are the same one at the bottom, into the ring. */
  private void alongRows(int y, int next) {
    pack(y, next);
    int[] out = ring[y % ring.length];
    int[] outNext = ring[next % ring.length];
    int[] first = columns.first();
    int[] counts = columns.counts();
    int[] weights = columns.weights();
    for (int x = 0, o = 0; x < first.length; x++, o += 3) {
      int at = (first[x] - columns.begin()) * 3;
      int end = x * columns.taps() + counts[x];
      long red = HALVES;
      long green = HALVES;
      long blue = HALVES;
      for (int t = x * columns.taps(); t < end; t += PillowAxis.STEP) {
        long w = weights[t];
        long v = weights[t + 1];
        red += pair[at] * w + pair[at + 3] * v;
        green += pair[at + 1] * w + pair[at + 4] * v;
        blue += pair[at + 2] * w + pair[at + 5] * v;
        at += 3 * PillowAxis.STEP;
      }
      out[o] = clip((int) red);
      out[o + 1] = clip((int) green);
      out[o + 2] = clip((int) blue);
      outNext[o] = clip(high(red));
      outNext[o + 1] = clip(high(green));
      outNext[o + 2] = clip(high(blue));
    }
  }

  private void pack(int y, int next) {
    byte[] in = image.rgb();
    int from = (y * image.width() + columns.begin()) * 3;
    int fromNext = (next * image.width() + columns.begin()) * 3;
    int samples = (columns.end() - columns.begin()) * 3;
    for (int i = 0; i < samples; i++) {
      pair[i] = (in[from + i] & 0xFFL) | (in[fromNext + i] & 0xFFL) << 32;
    }
  }

  private static int high(long sums) {
    return (int) ((sums - (int) sums) >> 32);
  }

  /** Over ints only, so that the compiler uses vector instructions. */
  private static void add(int[] row, int weight, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += row[i] * weight;
    }
  }

  private static int clip(int sum) {
    return Math.max(0, Math.min(255, sum >> BITS));
  }
}
