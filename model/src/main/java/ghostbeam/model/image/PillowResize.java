package ghostbeam.model.image;

import java.util.Arrays;

/**
 * Pillow's two-pass resampling of 8-bit images: along rows, rounded to 8 bits, then along columns,
 * rounded again.
 *
 * <p>A source row is resampled once, when the first output row needs it, and kept in a ring as long
 * as output rows need it; so nothing is computed for rows that no output row reads, and the ring
 * stays in the processor's cache.
 */
final class PillowResize {
  private static final int BITS = PillowAxis.PRECISION_BITS;
  private static final int HALF = 1 << (BITS - 1);

  private final Pixels image;
  private final PillowAxis columns;
  private final PillowAxis rows;

  /** Resampled source rows; source row y is in {@code ring[y % ring.length]}, samples as ints. */
  private final int[][] ring;

  private PillowResize(Pixels image, PillowAxis columns, PillowAxis rows) {
    this.image = image;
    this.columns = columns;
    this.rows = rows;
    this.ring = new int[Math.min(rows.taps(), image.height())][columns.length() * 3];
  }

  static Pixels resize(Pixels image, PillowAxis columns, PillowAxis rows) {
    return new PillowResize(image, columns, rows).resize();
  }

  private Pixels resize() {
    int stride = columns.length() * 3;
    byte[] out = new byte[Math.multiplyExact(stride, rows.length())];
    int[] sums = new int[stride];
    int ready = 0;
    for (int y = 0; y < rows.length(); y++) {
      int begin = rows.first()[y];
      int end = begin + rows.counts()[y];
      for (ready = Math.max(ready, begin); ready < end; ready++) {
        alongRow(ready, ring[ready % ring.length]);
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

  private void alongRow(int y, int[] out) {
    byte[] in = image.rgb();
    int row = y * image.width() * 3;
    int[] first = columns.first();
    int[] counts = columns.counts();
    int[] weights = columns.weights();
    int taps = columns.taps();
    for (int x = 0; x < first.length; x++) {
      int at = row + first[x] * 3;
      int end = x * taps + counts[x];
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      for (int t = x * taps; t < end; t++) {
        int weight = weights[t];
        red += (in[at] & 0xFF) * weight;
        green += (in[at + 1] & 0xFF) * weight;
        blue += (in[at + 2] & 0xFF) * weight;
        at += 3;
      }
      out[x * 3] = clip(red);
      out[x * 3 + 1] = clip(green);
      out[x * 3 + 2] = clip(blue);
    }
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
