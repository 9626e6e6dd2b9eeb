package ghostbeam.pipelines.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ghostbeam.model.scoring.Tally;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class AveragingTest {
  @Test
  void pairsWeightsOfTheSameStepOfTheSameTraining() {
    List<Report.Pair> pairs =
        Averaging.of(
            List.of(
                entrant("a/epoch-0001", "/a/checkpoints/e1", "raw", 1, i -> i < 10),
                entrant("a/epoch-0001.ema", "/a/checkpoints/e1e", "ema", 1, i -> i < 12),
                entrant("b/epoch-0001.ema", "/b/checkpoints/e1e", "ema", 1, i -> i < 15),
                entrant("a/epoch-0002", "/a/checkpoints/e2", "raw", 2, i -> i >= 4 && i < 20),
                entrant("a/epoch-0002.ema", "/a/checkpoints/e2e", "ema", 2, i -> i < 18)));
    // McNemar's mid-p of 0 against 2 is 2^-2, of 2 against 4 is 2 (1 + 6) / 64 + 15 / 64.
    assertEquals(
        List.of(
            new Report.Pair("a/epoch-0001", "a/epoch-0001.ema", 1, 0, 2, 0.25, 0.5),
            new Report.Pair("a/epoch-0002", "a/epoch-0002.ema", 2, 2, 4, 29 / 64.0, 0.5)),
        pairs.stream().map(AveragingTest::rounded).toList());
  }

  @Test
  void copiesMakeOnePairUnderTheNameWithTheEpoch() {
    List<Report.Pair> pairs =
        Averaging.of(
            List.of(
                entrant("best", "/a/checkpoints/best", "raw", 3, i -> true),
                entrant("epoch-0003", "/a/checkpoints/e3", "raw", 3, i -> true),
                entrant("epoch-0003.ema", "/a/checkpoints/e3e", "ema", 3, i -> true),
                entrant("ema_last", "/a/checkpoints/el", "ema", 3, i -> true)));
    assertEquals(List.of(new Report.Pair("epoch-0003", "epoch-0003.ema", 3, 0, 0, 1, 1)), pairs);
  }

  /** Two machines with a folder of the same name. */
  @Test
  void trainingsOnOtherDataAreNotPairedThoughTheirFoldersHaveTheSameName() {
    Row raw = entrant("a/e1", "/t/checkpoints/e1", "raw", 1, i -> i < 10);
    Row averaged = entrant("b/e1.ema", "/t/checkpoints/e1.ema", "ema", 1, i -> i < 12);
    assertEquals(1, Averaging.of(List.of(raw, averaged)).size());
    Row.Origin other =
        new Row.Origin("b/e1.ema", "tiny", "ema", 1, 10, "sha256:other", null, null, null, null);
    Row elsewhere = Rows.from(other, averaged);
    assertEquals(List.of(), Averaging.of(List.of(raw, elsewhere)));
  }

  /** A mean has its last part's epoch and step, and may lie in the folder of their training. */
  @Test
  void aMeanOfCheckpointsIsNeitherSide() {
    Row mean = Rows.mean(entrant("soup", "/a/checkpoints/soup", "raw", 3, i -> i < 15), false);
    Row averaged = entrant("epoch-0003.ema", "/a/checkpoints/e3e", "ema", 3, i -> i < 12);
    assertEquals(List.of(), Averaging.of(List.of(mean, averaged)));
    Row raw = entrant("epoch-0003", "/a/checkpoints/e3", "raw", 3, i -> i < 10);
    Row other = Rows.mean(entrant("ema-soup", "/a/checkpoints/es", "ema", 3, i -> i < 9), false);
    assertEquals(
        List.of(new Report.Pair("epoch-0003", "epoch-0003.ema", 3, 0, 2, 0.25, 0.25)),
        Averaging.of(List.of(other, mean, raw, averaged)).stream()
            .map(AveragingTest::rounded)
            .toList());
    assertEquals(List.of(), Averaging.of(List.of(raw, other)));
  }

  private static Report.Pair rounded(Report.Pair pair) {
    double p = Math.round(pair.p() * 1e12) / 1e12;
    double holm = Math.round(pair.pHolm() * 1e12) / 1e12;
    return new Report.Pair(
        pair.raw(), pair.averaged(), pair.epoch(), pair.onlyRaw(), pair.onlyAveraged(), p, holm);
  }

  private static Row entrant(
      String name, String uri, String weights, int epoch, IntPredicate right) {
    Tally tally = Tally.of(name, 2);
    for (int i = 0; i < 20; i++) {
      tally.add(i, 0, right.test(i) ? new float[] {1, 0} : new float[] {0, 1}, 0);
    }
    return Rows.of(
        tally,
        uri,
        new Row.Origin(name, "tiny", weights, epoch, 10L * epoch, "", null, null, null, null));
  }
}
