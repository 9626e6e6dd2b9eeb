package ghostbeam.model.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SampleOrderTest {

  @Test
  void hasEveryRecordOnceInADifferentOrderEachEpoch() {
    int[] first = SampleOrder.ofEpoch(1, 1, 1000);
    int[] sorted = first.clone();
    Arrays.sort(sorted);
    assertArrayEquals(IntStream.range(0, 1000).toArray(), sorted);
    assertArrayEquals(first, SampleOrder.ofEpoch(1, 1, 1000));
    assertFalse(Arrays.equals(first, SampleOrder.ofEpoch(1, 2, 1000)));
    assertFalse(Arrays.equals(first, SampleOrder.ofEpoch(2, 1, 1000)));
  }

  /** Generators seeded a constant apart would yield shifted copies of one stream. */
  @Test
  void noTwoStreamsShareNumbers() {
    long records = distinct(IntStream.range(0, 50).mapToObj(i -> SampleOrder.random(1, 3, i)));
    assertEquals(50 * 40, records);
    long steps = distinct(IntStream.range(0, 50).mapToObj(i -> SampleOrder.ofStep(1, 3, i)));
    assertEquals(50 * 40, steps);
    long epochs = distinct(IntStream.range(0, 50).mapToObj(i -> SampleOrder.random(1, i, 3)));
    assertEquals(50 * 40, epochs);
  }

  private static long distinct(Stream<SplittableRandom> streams) {
    return streams.flatMapToLong(random -> random.longs(40)).distinct().count();
  }
}
