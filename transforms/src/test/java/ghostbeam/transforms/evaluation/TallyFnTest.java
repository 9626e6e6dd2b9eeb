package ghostbeam.transforms.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.scoring.CoverageException;
import ghostbeam.model.scoring.Tally;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.testing.CombineFnTester;
import org.junit.jupiter.api.Test;

class TallyFnTest {

  @Test
  void anyGroupingOfTalliesGivesTheSameTally() {
    List<Tally> parts = new ArrayList<>();
    IntStream.range(0, 7).forEach(i -> parts.add(tally(i * 40, i * 40 + 40)));
    CombineFnTester.testCombineFn(new TallyFn(), parts, tally(0, 280));
  }

  @Test
  void nothingCombinesToTheEmptyTally() {
    CombineFnTester.testCombineFn(new TallyFn(), List.of(), Tally.empty());
  }

  @Test
  void inputsAreNotModified() {
    Tally first = tally(0, 10);
    Tally second = tally(10, 20);
    TallyFn combine = new TallyFn();
    Tally sum = combine.addInput(combine.createAccumulator(), first);
    sum = combine.addInput(sum, second);
    combine.mergeAccumulators(List.of(sum, tally(20, 30)));
    assertEquals(tally(0, 10), first);
    assertEquals(tally(10, 20), second);
    assertEquals(tally(0, 20), sum);
  }

  @Test
  void aRecordInTwoTalliesFailsWithItsNumber() {
    TallyFn combine = new TallyFn();
    CoverageException twice =
        assertThrows(
            CoverageException.class,
            () -> combine.mergeAccumulators(List.of(tally(0, 10), tally(9, 12))));
    assertTrue(twice.getMessage().contains("epoch-0001: 1 record (9) seen twice"));
  }

  @Test
  void coderKeepsEveryCount() throws Exception {
    for (Tally tally : List.of(tally(0, 500), tally(3, 4), Tally.empty())) {
      CoderProperties.coderDecodeEncodeEqual(TallyCoder.of(), tally);
      CoderProperties.structuralValueDecodeEncodeEqual(TallyCoder.of(), tally);
    }
  }

  @Test
  void coderIsDeterministicForEqualTallies() throws Exception {
    CoderProperties.coderDeterministic(
        TallyCoder.of(), tally(0, 500), tally(250, 500).plus(tally(0, 250)));
    CoderProperties.coderConsistentWithEquals(TallyCoder.of(), tally(0, 9), tally(0, 9));
    CoderProperties.coderSerializable(TallyCoder.of());
  }

  @Test
  void coderRefusesOtherBytes() {
    InputStream bytes = new ByteArrayInputStream(new byte[] {1, 9});
    IOException refused = assertThrows(IOException.class, () -> TallyCoder.of().decode(bytes));
    assertTrue(refused.getMessage().contains("not a tally"), refused::getMessage);
  }

  private static Tally tally(int from, int to) {
    Tally tally = Tally.of("epoch-0001", 10);
    for (int record = from; record < to; record++) {
      Random random = new Random(record);
      float[] logits = new float[10];
      for (int i = 0; i < 10; i++) {
        logits[i] = (float) random.nextGaussian();
      }
      tally.add(record, random.nextInt(10), logits, 0);
    }
    return tally;
  }
}
