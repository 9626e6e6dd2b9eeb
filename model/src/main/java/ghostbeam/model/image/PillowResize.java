package ghostbeam.model.image;

import ghostbeam.model.codec.Pixels;
import java.util.Arrays;

/**
 * Pillow's two-pass resampling of 8-bit images: along rows, rounded to 8 bits, then along columns,
 * rounded again.
 *
 * <p>Both passes add weighted arrays of ints, which the compiler turns into vector instructions (as
 * it does not where one starts at an offset). The first takes a band of source rows at once, turned
 * on its side so that samples of the same column lie together. Its rows are kept in a ring as long
 * as output rows need them: nothing is computed for rows that no output row reads, and all of it
 * stays in the processor's cache.
 */
final class PillowResize {
  private static final int BITS = PillowAxis.PRECISION_BITS;
  private static final int HALF = 1 << (BITS - 1);
  private static final int MOST_ROWS = 64;

  /** Columns that are turned together: with all of a band's rows they fit the first cache. */
  private static final int BLOCK = 32;

  private final Pixels image;
  private final PillowAxis columns;
  private final PillowAxis rows;

  /** Source rows that are resampled at once. */
  private final int band;

  /** Source samples of a band: an array for each column, in it R of all rows, then G, then B. */
  private final int[][] turned;

  /** Resampled source rows; source row y is in {@code ring[y % ring.length]}, samples as ints. */
  private final int[][] ring;

  private PillowResize(Pixels image, PillowAxis columns, PillowAxis rows) {
    this.image = image;
    this.columns = columns;
    this.rows = rows;
    this.band = Math.min(MOST_ROWS, rows.end() - rows.begin());
    this.turned = new int[columns.end() - columns.begin()][3 * band];
    this.ring = new int[rows.taps() + band][columns.length() * 3];
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
      for (ready = Math.max(ready, begin); ready < end; ready += band) {
        turn(ready);
        alongRows(ready);
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

  /** Turns a band of source rows on its side; below the image's bottom old samples stay. */
  private void turn(int y) {
    byte[] in = image.rgb();
    int height = Math.min(band, image.height() - y);
    for (int block = 0; block < turned.length; block += BLOCK) {
      int blockEnd = Math.min(block + BLOCK, turned.length);
      for (int row = 0; row < height; row++) {
        int at = ((y + row) * image.width() + columns.begin() + block) * 3;
        for (int x = block; x < blockEnd; x++, at += 3) {
          int[] column = turned[x];
          column[row] = in[at] & 0xFF;
          column[band + row] = in[at + 1] & 0xFF;
          column[2 * band + row] = in[at + 2] & 0xFF;
        }
      }
    }
  }

  /** Resamples the turned rows, the first of which is source row y, into the ring. */
  private void alongRows(int y) {
    int[][] block = new int[BLOCK][3 * band];
    for (int from = 0; from < columns.length(); from += BLOCK) {
      int to = Math.min(from + BLOCK, columns.length());
      for (int x = from; x < to; x++) {
        int[] sums = block[x - from];
        Arrays.fill(sums, HALF);
        int first = columns.first()[x] - columns.begin();
        for (int t = 0; t < columns.counts()[x]; t++) {
          add(turned[first + t], columns.weights()[x * columns.taps() + t], sums);
        }
      }
      turnBack(block, from, to, y);
    }
  }

  /** Puts resampled columns {@code from} to {@code to} into the ring's rows. */
  private void turnBack(int[][] block, int from, int to, int y) {
    int height = Math.min(band, image.height() - y);
    for (int row = 0; row < height; row++) {
      int[] out = ring[(y + row) % ring.length];
      for (int x = from; x < to; x++) {
        int[] sums = block[x - from];
        out[3 * x] = clip(sums[row]);
        out[3 * x + 1] = clip(sums[band + row]);
        out[3 * x + 2] = clip(sums[2 * band + row]);
      }
    }
  }

  private static void add(int[] row, int weight, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += row[i] * weight;
    }
  }

  private static int clip(int sum) {
    return Math.max(0, Math.min(255, sum >> BITS));
  }
}
