package ghostbeam.model.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EpochPlanTest {
  private static EpochPlan plan(int records, int batch, boolean dropTail, int rank, int ranks) {
    return EpochPlan.of(5, 2, records, new Division(batch, 1, dropTail), rank, ranks);
  }

  /**
   * Shares are contiguous, differ by at most one image, and together are the batch of a single
   * rank.
   */
  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4", "8"})
  void dividesEachBatchAmongRanks(int ranks) {
    EpochPlan whole = plan(101, 24, false, 0, 1);
    assertEquals(5, whole.batches());
    for (int number = 0; number < 4; number++) {
      int[] joined = {};
      for (int rank = 0; rank < ranks; rank++) {
        EpochPlan part = plan(101, 24, false, rank, ranks);
        int[] own = part.batch(number);
        BatchShare share = part.share(number);
        assertEquals(new BatchShare(joined.length, own.length, 24, 24), share);
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
  void dropsATailWithFewerThanTwoImagesForEachRank(
      int records, int batch, int ranks, boolean dropTail, int batches, int leftOut) {
    EpochPlan plan = plan(records, batch, dropTail, ranks - 1, ranks);
    assertEquals(batches, plan.batches());
    assertEquals(leftOut, plan.leftOut());
    int smallest =
        IntStream.range(0, batches).map(number -> plan.batch(number).length).min().orElseThrow();
    assertTrue(smallest >= 2, smallest + " images");
  }

  /** A step's batches, concatenated, are one batch of their total size. */
  @ParameterizedTest
  @CsvSource({
    // records, batch, batches, dropTail, steps, batches and images of the last step, left out
    "101, 24, 1, true, 4, 1, 24, 5",
    "101, 12, 2, true, 4, 2, 24, 5",
    "101, 8, 3, true, 4, 3, 24, 5",
    "101, 8, 3, false, 5, 1, 5, 0",
    "92, 8, 3, false, 4, 3, 20, 0",
    "99, 8, 3, false, 4, 3, 24, 3", // three images do not give two ranks two each
    "23, 8, 3, true, 0, 0, 0, 23",
  })
  void dividesRecordsIntoSteps(
      int records,
      int batch,
      int batches,
      boolean dropTail,
      int steps,
      int lastBatches,
      int lastImages,
      int leftOut) {
    int ranks = 2;
    Division division = new Division(batch, batches, dropTail);
    EpochPlan first = EpochPlan.of(5, 2, records, division, 0, ranks);
    assertEquals(steps, first.steps());
    assertEquals(leftOut, first.leftOut());
    int number = 0;
    int[] joined = {};
    for (int step = 0; step < steps; step++) {
      boolean last = step == steps - 1;
      assertEquals(last ? lastBatches : batches, first.batches(step));
      assertEquals(last ? lastImages : batch * batches, first.images(step));
      int ofStep = 0;
      for (int i = 0; i < first.batches(step); i++, number++) {
        int ofBatch = 0;
        for (int rank = 0; rank < ranks; rank++) {
          EpochPlan plan = EpochPlan.of(5, 2, records, division, rank, ranks);
          BatchShare share = plan.share(number);
          assertEquals(ofStep, share.first());
          assertEquals(first.images(step), share.stepImages());
          ofStep += share.count();
          ofBatch += share.count();
          joined =
              IntStream.concat(IntStream.of(joined), IntStream.of(plan.batch(number))).toArray();
        }
        assertEquals(ofBatch, first.share(number).batchImages());
      }
      assertEquals(ofStep, first.images(step));
    }
    assertEquals(number, first.batches());
    assertArrayEquals(Arrays.copyOf(first.order(), records - leftOut), joined);
  }
}
