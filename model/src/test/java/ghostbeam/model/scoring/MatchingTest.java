package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MatchingTest {
  @Test
  void agreesWithExhaustiveSearch() {
    Random random = new Random(1);
    for (int trial = 0; trial < 500; trial++) {
      int classes = 1 + random.nextInt(6);
      long[][] counts = new long[classes][classes];
      for (long[] row : counts) {
        for (int i = 0; i < classes; i++) {
          row[i] = random.nextInt(4) == 0 ? random.nextInt(50) : random.nextInt(3);
        }
      }
      assertEquals(best(counts, 0, 0), Matching.right(counts));
    }
  }

  private static long best(long[][] counts, int row, int taken) {
    if (row == counts.length) {
      return 0;
    }
    long best = 0;
    for (int column = 0; column < counts.length; column++) {
      if ((taken >> column & 1) == 0) {
        best = Math.max(best, counts[row][column] + best(counts, row + 1, taken | 1 << column));
      }
    }
    return best;
  }

  @Test
  void findsAPermutation() {
    Tally tally = Tally.of("shifted", 7);
    float[] logits = new float[7];
    for (int record = 0; record < 70; record++) {
      Arrays.fill(logits, 0);
      logits[(record + (record < 63 ? 3 : 0)) % 7] = 1;
      tally.add(record, record % 7, logits, 0);
    }
    assertEquals(7, tally.top1().correct());
    assertEquals(63, tally.bestMatching().correct());
  }
}
