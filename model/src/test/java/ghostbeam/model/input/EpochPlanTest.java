package ghostbeam.model.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EpochPlanTest {
  private static EpochPlan plan(int records, int batch, boolean dropTail, int rank, int ranks) {
    return EpochPlan.of(5, 2, records, batch, dropTail, rank, ranks);
  }

  /** Shares follow each other, differ by an image at most, and make up the batch of one rank. */
  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4", "8"})
  void sharesOutEachBatch(int ranks) {
    EpochPlan whole = plan(101, 24, false, 0, 1);
    assertEquals(5, whole.batches());
    for (int number = 0; number < 4; number++) {
      int[] joined = {};
      for (int rank = 0; rank < ranks; rank++) {
        EpochPlan part = plan(101, 24, false, rank, ranks);
        int[] own = part.batch(number);
        Share share = part.share(number);
        assertEquals(new Share(joined.length, own.length, 24), share);
        assertTrue(own.length >= 24 / ranks && own.length <= part.largestShare());
        joined = IntStream.concat(IntStream.of(joined), IntStream.of(own)).toArray();
      }
      assertArrayEquals(whole.batch(number), joined);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // records, batch, ranks, dropTail, batches, left out
    "26, 8, 1, false, 4, 0",
    "26, 8, 2, false, 3, 2",
    "25, 8, 1, false, 3, 1",
    "29, 8, 2, false, 4, 0",
    "29, 8, 2, true, 3, 5",
    "29, 8, 4, false, 3, 5",
  })
  void leavesOutATailThatGivesNotTwoToEachRank(
      int records, int batch, int ranks, boolean dropTail, int batches, int leftOut) {
    EpochPlan plan = plan(records, batch, dropTail, ranks - 1, ranks);
    assertEquals(batches, plan.batches());
    assertEquals(leftOut, plan.leftOut());
    int smallest =
        IntStream.range(0, batches).map(number -> plan.batch(number).length).min().orElseThrow();
    assertTrue(smallest >= 2, smallest + " images");
  }
}
