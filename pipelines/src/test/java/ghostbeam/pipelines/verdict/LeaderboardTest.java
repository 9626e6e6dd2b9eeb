package ghostbeam.pipelines.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.scoring.CoverageException;
import ghostbeam.model.scoring.Defeat;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Tally;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeaderboardTest {
  private static final int RECORDS = 100;

  @Test
  void ranksByTopOneThenTopFiveThenLossThenName() {
    Report report =
        report(
            entrant("f", "f", 50, 60, 8),
            entrant("b", "b", 50, 70, 8),
            entrant("c", "c", 50, 70, 7),
            entrant("e", "e", 60, 60, 8),
            entrant("a", "a", 50, 70, 8));
    assertEquals(
        List.of("e", "c", "a", "b", "f"), report.checkpoints().stream().map(Row::name).toList());
    assertEquals("e", report.best());
  }

  @Test
  void marksWhatIsTiedWithTheBest() {
    Report report = report(entrant("best", "1", 60, 60, 8), entrant("bad", "2", 40, 60, 8));
    assertTrue(report.checkpoints().get(0).tied());
    assertFalse(report.checkpoints().get(1).tied());
    assertEquals(0, report.checkpoints().get(1).versusBest().onlyThis());
    assertEquals(20, report.checkpoints().get(1).versusBest().onlyBest());
  }

  @Test
  void copiesOfAFileAreOneComparison() {
    Row best = entrant("best", "1", 60, 60, 8);
    Row other = entrant("other", "2", 55, 60, 8);
    double alone = report(best, other).checkpoints().get(1).versusBest().pHolm();
    Report report = report(best, other, other.named("other2"), best.named("z"));
    assertEquals(
        List.of("best", "z", "other", "other2"),
        report.checkpoints().stream().map(Row::name).toList());
    assertEquals(alone, report.checkpoints().get(2).versusBest().pHolm());
    assertEquals(alone, report.checkpoints().get(3).versusBest().pHolm());
    assertEquals(1, report.checkpoints().get(1).versusBest().pHolm());
  }

  /** As bf16 on two processors: the second is not a copy and has its own comparison. */
  @Test
  void oneFileScoredDifferentlyIsTwoComparisons() {
    Row best = entrant("here", "1", 60, 60, 8);
    Row there = entrant("there", "1", 40, 60, 8);
    Report report = report(best, there, best.named("z"));
    assertEquals(
        List.of("here", "z", "there"), report.checkpoints().stream().map(Row::name).toList());
    assertEquals(20, report.checkpoints().get(2).versusBest().onlyBest());
    assertFalse(report.checkpoints().get(2).tied());
    assertEquals(
        List.of(
            new Copies(List.of("here", "z"), true),
            new Copies(List.of("here", "there", "z"), false)),
        Copies.of(List.of(best, there, best.named("z"))));
  }

  @Test
  void whatOnlySomeCouldDecodeIsListed() {
    Tally whole = Tally.of("whole", 7);
    Tally lacking = Tally.of("lacking", 7);
    for (int i = 0; i < RECORDS; i++) {
      whole.add(i, 6, new float[] {0, 0, 0, 0, 0, 0, 8}, 0);
      if (i == 7) {
        lacking.addUndecodable(i, 6);
      } else {
        lacking.add(i, 6, new float[] {0, 0, 0, 0, 0, 0, 8}, 0);
      }
    }
    assertEquals(List.of(7), report(entrant(whole, "1"), entrant(lacking, "2")).undecodable());
  }

  /** Of 100, √(0.6 · 0.4 / 100) = 0.049: 56 is within one standard error of 60, 55 is not. */
  @Test
  void theOneStandardErrorRuleChoosesTheSmallestThenTheEarliest() {
    Row best = sized("best", 60, 1000, 90);
    assertEquals("best", choice(best, sized("early", 55, 1000, 10)));
    assertEquals("early", choice(best, sized("early", 56, 1000, 10)));
    assertEquals("small", choice(best, sized("early", 56, 1000, 10), sized("small", 57, 900, 99)));
    Report.OneStandardError rule = report(best).oneStandardError();
    assertEquals(Math.sqrt(0.6 * 0.4 / 100), rule.standardError(), 1e-12);
    assertEquals(0.6 - Math.sqrt(0.6 * 0.4 / 100), rule.atLeast(), 1e-12);
  }

  private static String choice(Row... entrants) {
    return report(entrants).oneStandardError().choice();
  }

  private static Row sized(String name, int top1, long parameters, long step) {
    Row entrant = entrant(name, name, top1, 70, 8);
    return new Row(
        entrant.name(),
        entrant.uri(),
        new Row.Origin(
            entrant.origin().digest(), "tiny", "raw", 1, step, "", null, null, null, null),
        entrant.preprocessing(),
        Figures.of(entrant.tally(), parameters),
        new Row.Standing(null, null),
        entrant.tally());
  }

  /** 0, 1, 10, 11, 2, … where the data ranks 0, 1, 2, 3: right but for the order. */
  @Test
  void aCheckpointWithClassesInAnotherOrderIsReported() {
    List<String> numbers = IntStream.range(0, 12).mapToObj(Integer::toString).toList();
    List<String> sorted = numbers.stream().sorted().toList();
    Tally shifted = Tally.of("shifted", 12);
    Tally random = Tally.of("random", 12);
    Random guesses = new Random(1);
    for (int record = 0; record < 120; record++) {
      float[] logits = new float[12];
      logits[numbers.indexOf(sorted.get(record % 12))] = 5;
      shifted.add(record, record % 12, logits, 0);
      float[] guess = new float[12];
      guess[guesses.nextInt(12)] = 5;
      random.add(record, record % 12, guess, 0);
    }
    Report.Dataset data = new Report.Dataset("d", "val", "sha256:d", 120, numbers);
    Report report =
        Leaderboard.of(
            data,
            List.of(entrant(shifted, "1"), entrant(random, "2")),
            null,
            new Report.Software("1", "2", "3"));
    assertEquals(List.of(new OtherLabels("shifted", 2 / 12.0, 1)), report.otherLabels());
    assertTrue(report.otherLabels().get(0).sentence().contains("100.00 %"));
  }

  @Test
  void figuresThatDoNotExistAreNull() {
    Tally tally = Tally.of("nan", 7);
    for (int i = 0; i < RECORDS; i++) {
      tally.add(i, 0, new float[] {Float.NaN, 0, 0, 0, 0, 0, 0}, 0);
    }
    Row row = report(entrant(tally, "1")).checkpoints().get(0);
    assertNull(row.figures().get(Metric.LOSS));
    assertNull(row.figures().get(Metric.CALIBRATION_ERROR));
    assertEquals(0, row.top5().correct());
    assertEquals(0.0, row.top1().low());
  }

  /** Right on all records it saw, and still not ranked, tied, chosen or counted by Holm. */
  @Test
  void droppedCheckpointsComeLastAndAreNotCompared() {
    Row best = entrant("best", "1", 60, 60, 8);
    Row worse = entrant("worse", "2", 40, 60, 8);
    double alone = report(best, worse).checkpoints().get(1).versusBest().pHolm();
    Report report = report(partial("a", 30), best, partial("b", 50), worse);
    assertEquals(
        List.of("best", "worse", "b", "a"), report.checkpoints().stream().map(Row::name).toList());
    assertEquals("best", report.best());
    assertEquals(alone, report.checkpoints().get(1).versusBest().pHolm());
    Row row = report.dropped().get(0);
    assertEquals(50, row.records());
    assertEquals(50, row.top1().correct());
    assertNull(row.versusBest());
    assertFalse(row.tied());
    assertEquals(new Defeat("best", 1, 20, 4.5, 3.1), row.partial());
    assertEquals(List.of("best", "worse"), report.ranked().stream().map(Row::name).toList());
  }

  @Test
  void aRecordMissingBeforeADropLeavesNoReport() {
    Tally tally = Tally.of("p", 7);
    tally.addUndecodable(0, 0);
    tally.addUndecodable(2, 0);
    Row partial = withDefeat(entrant(tally, "3"));
    assertThrows(CoverageException.class, () -> report(entrant("best", "1", 60, 60, 8), partial));
  }

  private static Row partial(String name, int records) {
    Tally tally = Tally.of(name, 7);
    for (int i = 0; i < records; i++) {
      tally.add(i, 6, new float[] {0, 0, 0, 0, 0, 0, 8}, 0);
    }
    return withDefeat(entrant(tally, name));
  }

  private static Row withDefeat(Row entrant) {
    return Rows.beaten(entrant, new Defeat("best", 1, 20, 4.5, 3.1));
  }

  @Test
  void aMissingRecordLeavesNoReport() {
    Tally tally = Tally.of("c", 7);
    tally.addUndecodable(0, 0);
    CoverageException missing =
        assertThrows(CoverageException.class, () -> report(entrant(tally, "1")));
    assertTrue(missing.getMessage().contains("99 records (1, 2,"), missing::getMessage);
  }

  private static Report report(Row... entrants) {
    Report.Dataset dataset = new Report.Dataset("/data", "val", "sha256:d", RECORDS, List.of());
    return Leaderboard.of(dataset, List.of(entrants), null, new Report.Software("1", "2", "3"));
  }

  /** Right on the first {@code top1} records; the surer, the greater the loss of the others. */
  private static Row entrant(String name, String digest, int top1, int top5, float sure) {
    Tally tally = Tally.of(name, 7);
    for (int i = 0; i < RECORDS; i++) {
      float[] logits = new float[7];
      logits[i < top1 ? 6 : 0] = sure;
      logits[6] = i < top1 ? logits[6] : i < top5 ? 1 : -1;
      tally.add(i, 6, logits, 0);
    }
    return entrant(tally, digest);
  }

  static Row entrant(Tally tally, String digest) {
    return Rows.of(tally, "/c", digest);
  }
}
