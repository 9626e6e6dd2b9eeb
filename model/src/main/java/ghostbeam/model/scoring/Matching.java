package ghostbeam.model.scoring;

import java.util.Arrays;

/**
 * The one-to-one assignment of predicted to true classes that makes the most answers right, by the
 * Hungarian method (Kuhn–Munkres) with potentials, in O(classes³).
 */
final class Matching {
  private Matching() {}

  /**
   * The number of right answers under the best assignment.
   *
   * @param counts images by true class, then by predicted class; square
   */
  static long right(long[][] counts) {
    int classes = counts.length;
    long[] ofRow = new long[classes + 1];
    long[] ofColumn = new long[classes + 1];
    // By column, from 1; column 0 is the start of the augmenting path.
    int[] rowOf = new int[classes + 1];
    for (int row = 1; row <= classes; row++) {
      rowOf[0] = row;
      int[] cameFrom = new int[classes + 1];
      long[] least = new long[classes + 1];
      boolean[] done = new boolean[classes + 1];
      Arrays.fill(least, Long.MAX_VALUE);
      int column = 0;
      while (rowOf[column] != 0) {
        done[column] = true;
        int here = rowOf[column];
        int next = 0;
        long step = Long.MAX_VALUE;
        for (int other = 1; other <= classes; other++) {
          if (!done[other]) {
            long cost = -counts[here - 1][other - 1] - ofRow[here] - ofColumn[other];
            if (cost < least[other]) {
              least[other] = cost;
              cameFrom[other] = column;
            }
            if (least[other] < step) {
              step = least[other];
              next = other;
            }
          }
        }
        for (int other = 0; other <= classes; other++) {
          if (done[other]) {
            ofRow[rowOf[other]] += step;
            ofColumn[other] -= step;
          } else if (other > 0) {
            least[other] -= step;
          }
        }
        column = next;
      }
      while (column != 0) {
        rowOf[column] = rowOf[cameFrom[column]];
        column = cameFrom[column];
      }
    }
    long right = 0;
    for (int column = 1; column <= classes; column++) {
      right += counts[rowOf[column] - 1][column - 1];
    }
    return right;
  }
}
