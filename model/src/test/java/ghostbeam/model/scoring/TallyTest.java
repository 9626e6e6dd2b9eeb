package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static final int CLASSES = 11;

  @RepeatedTest(20)
  void anyPartitionMergedInAnyOrderGivesTheSameBytes(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int records = 1 + random.nextInt(6000);
    Tally whole = Tally.of("c", CLASSES);
    List<Tally> parts = new ArrayList<>();
    int split = 1 + random.nextInt(9);
    for (int i = 0; i < split; i++) {
      parts.add(random.nextInt(4) == 0 ? Tally.empty() : Tally.of("c", CLASSES));
    }
    parts.add(Tally.of("c", CLASSES));
    for (int record = 0; record < records; record++) {
      addRecord(whole, record);
      Tally part;
      do {
        part = parts.get(random.nextInt(parts.size()));
      } while (part.classes() == 0);
      addRecord(part, record);
    }
    Collections.shuffle(parts, random);
    while (parts.size() > 1) {
      Tally left = parts.remove(random.nextInt(parts.size()));
      Tally right = parts.remove(random.nextInt(parts.size()));
      byte[] before = right.toBytes();
      parts.add(left.plus(right));
      assertArrayEquals(before, right.toBytes());
    }
    assertArrayEquals(whole.toBytes(), parts.get(0).toBytes());
    assertEquals(whole, parts.get(0));
    assertEquals(whole.loss(), parts.get(0).loss());
    assertEquals(whole.calibrationError(), parts.get(0).calibrationError());
  }

  @Test
  void mergingSharesNoState() {
    Tally part = Tally.of("c", CLASSES);
    addRecord(part, 0);
    Tally sum = Tally.empty().plus(part);
    addRecord(sum, 1);
    assertEquals(1, part.records());
    assertEquals(2, sum.records());
  }

  @Test
  void countsChangedAnswers() {
    Tally one = Tally.of("one", 3);
    Tally other = Tally.of("other", 3);
    float[][] answers = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    int[][] pairs = {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {1, 2}};
    for (int record = 0; record < pairs.length; record++) {
      one.add(record, 0, answers[pairs[record][0]], 0);
      other.add(record, 0, answers[pairs[record][1]], 0);
    }
    one.addUndecodable(pairs.length, 0);
    other.addUndecodable(pairs.length, 0);
    one.add(pairs.length + 1, 0, new float[] {Float.NaN, 0, 0}, 0);
    other.add(pairs.length + 1, 0, answers[1], 0);
    assertEquals(4, Comparison.answersChanged(one, other));
    assertEquals(4, Comparison.answersChanged(other, one));
    assertEquals(0, Comparison.answersChanged(one, one));
  }

  @Test
  void countsTheLogitsAnswers() {
    Tally tally = Tally.of("c", 7);
    tally.add(0, 3, new float[] {0, 0, 0, 1, 0, 0, 0}, 0);
    tally.add(1, 3, new float[] {0, 2, 0, 1, 0, 0, 0}, 0);
    tally.add(2, 6, new float[] {9, 9, 0, 0, 1, 0, 0, 0, -1}, 2);
    tally.addUndecodable(3, 6);
    assertEquals(new Proportion(1, 4), tally.top1());
    assertEquals(new Proportion(2, 4), tally.top5());
    assertEquals(new Proportion(1, 2), tally.ofClass(3));
    assertEquals(new Proportion(0, 2), tally.ofClass(6));
    assertEquals(List.of(new Tally.Mistake(1, 3, 1), new Tally.Mistake(2, 6, 2)), tally.mistakes());
    assertArrayEquals(new int[] {3}, tally.undecodable().toArray());
    double e = Math.E;
    double first = Math.log(e + 6) - 1;
    double second = Math.log(e * e + e + 5) - 1;
    double third = Math.log(e + 5 + 1 / e) + 1;
    assertEquals((first + second + third) / 3, tally.loss(), 1e-9);
  }

  @Test
  void calibrationErrorIsTheGapBetweenConfidenceAndAccuracy() {
    Tally tally = Tally.of("c", 2);
    float[] sure = {(float) Math.log(9), 0}; // confidence 0.9
    float[] unsure = {(float) Math.log(1.5), 0}; // confidence 0.6
    for (int i = 0; i < 4; i++) {
      tally.add(i, i == 0 ? 1 : 0, sure, 0);
      tally.add(4 + i, i < 3 ? 1 : 0, unsure, 0);
    }
    // Half of the images have confidence 0.9 and accuracy 0.75, half 0.6 and 0.25.
    assertEquals(0.5 * 0.15 + 0.5 * 0.35, tally.calibrationError(), 1e-7);
    assertEquals(new Tally.Bin(4, 3, 3.6).count(), tally.calibrationBins().get(13).count());
    assertEquals(3.6, tally.calibrationBins().get(13).confidence(), 1e-6);
    assertEquals(1, tally.calibrationBins().get(8).correct());
  }

  /** Means of −Σ target · log softmax over the rows, computed with 40 decimal digits. */
  @Test
  void smoothedLossMatchesItsDefinition() {
    Tally tally = Tally.of("c", 4);
    tally.add(0, 0, new float[] {1, 2, 3, 4}, 0);
    tally.add(1, 3, new float[] {1, 2, 3, 4}, 0);
    tally.add(2, 2, new float[] {-2, 0.5f, 7, 0.25f}, 0);
    assertEquals(1.29439107312726, tally.smoothedLoss(0), 1e-9);
    assertEquals(1.54161329534949, tally.smoothedLoss(0.1), 1e-9);
    assertEquals(3.14855773979393, tally.smoothedLoss(0.75), 1e-9);
    assertEquals(tally.loss(), tally.smoothedLoss(0));
  }

  @Test
  void severalRightAnswersCountOnce() {
    Tally tally = Tally.of("c", 4);
    tally.add(0, 0, new float[] {1, 0, 0, 0}, 0);
    tally.add(1, 0, new float[] {0, 1, 0, 0}, 0);
    tally.add(2, 0, new float[] {Float.NaN, 1, 0, 0}, 0);
    tally.addUndecodable(3, 0);
    assertTrue(tally.answersOneOf(0, 0, Set.of(0, 2)));
    assertFalse(tally.answersOneOf(0, 0, Set.of(1, 2)));
    assertTrue(tally.answersOneOf(1, 0, Set.of(0, 1)));
    assertFalse(tally.answersOneOf(1, 0, Set.of(0)));
    for (int unanswered : new int[] {2, 3, 4}) {
      assertFalse(tally.answersOneOf(unanswered, 0, Set.of(0, 1, 2, 3)));
    }
  }

  @Test
  void certainAnswersAreInTheLastBin() {
    Tally tally = Tally.of("c", 2);
    tally.add(0, 0, new float[] {200, -200}, 0);
    assertEquals(1, tally.calibrationBins().get(14).count());
    assertEquals(0.0, tally.calibrationError());
  }

  @Test
  void nonFiniteLogitsAreWrongAndHaveNoLoss() {
    Tally tally = Tally.of("c", 2);
    tally.add(0, 0, new float[] {1, 0}, 0);
    tally.add(1, 0, new float[] {Float.NaN, 0}, 0);
    assertEquals(new Proportion(1, 2), tally.top1());
    assertEquals(new Proportion(1, 2), tally.top5());
    assertArrayEquals(new int[] {1}, tally.notFinite().toArray());
    assertTrue(Double.isNaN(tally.loss()));
  }

  @Test
  void fewClassesAreAllInTheTopFive() {
    Tally tally = Tally.of("c", 3);
    tally.add(0, 0, new float[] {0, 1, 2}, 0);
    assertEquals(new Proportion(1, 1), tally.top5());
  }

  @Test
  void lossesBeyondALongCanBeSummed() {
    Tally tally = Tally.of("c", 2);
    float max = Float.MAX_VALUE;
    tally.add(0, 1, new float[] {max, -max}, 0);
    tally.add(1, 1, new float[] {max, -max}, 0);
    assertEquals(2.0 * max, tally.loss());
  }

  @Test
  void namesARecordAddedTwice() {
    Tally tally = Tally.of("epoch-0003", CLASSES);
    addRecord(tally, 41);
    CoverageException twice = assertThrows(CoverageException.class, () -> addRecord(tally, 41));
    assertTrue(twice.getMessage().contains("epoch-0003"), twice::getMessage);
    assertTrue(twice.getMessage().contains("1 record (41)"), twice::getMessage);
  }

  @Test
  void namesTheRecordsOfAMergeOfOverlappingParts() {
    Tally left = Tally.of("epoch-0003", CLASSES);
    Tally right = Tally.of("epoch-0003", CLASSES);
    for (int i = 0; i < 30; i++) {
      addRecord(left, i);
      addRecord(right, 12 + i);
    }
    CoverageException twice = assertThrows(CoverageException.class, () -> left.plus(right));
    assertTrue(
        twice.getMessage().contains("18 records (12, 13, 14, 15, 16, 17, 18, 19, 20, 21, …)"),
        twice::getMessage);
  }

  @Test
  void coverageNamesTheMissingAndTheUnexpected() {
    Tally tally = Tally.of("best", CLASSES);
    for (int i = 0; i < 10; i++) {
      if (i != 4 && i != 7) {
        addRecord(tally, i);
      }
    }
    CoverageException missing =
        assertThrows(CoverageException.class, () -> tally.requireCoverage(10));
    assertTrue(missing.getMessage().contains("best"), missing::getMessage);
    assertTrue(missing.getMessage().contains("2 records (4, 7) of 10"), missing::getMessage);
    addRecord(tally, 4);
    addRecord(tally, 7);
    tally.requireCoverage(10);
    CoverageException unexpected =
        assertThrows(CoverageException.class, () -> tally.requireCoverage(9));
    assertTrue(unexpected.getMessage().contains("1 record (9)"), unexpected::getMessage);
  }

  @Test
  void refusesToMergeDifferentCheckpoints() {
    assertThrows(IllegalArgumentException.class, () -> Tally.of("a", 2).plus(Tally.of("b", 2)));
    assertThrows(IllegalArgumentException.class, () -> Tally.of("a", 2).plus(Tally.of("a", 3)));
  }

  @Test
  void refusesALabelBeyondTheClasses() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> Tally.of("a", 2).add(5, 2, new float[] {0, 0, 0}, 0));
    assertTrue(refused.getMessage().contains("record 5 has label 2"), refused::getMessage);
  }

  @Test
  void renamingKeepsTheCounts() {
    Tally tally = Tally.of("epoch-0007", CLASSES);
    addRecord(tally, 1);
    Tally copy = tally.named("best");
    assertEquals("best", copy.checkpoint());
    assertEquals("epoch-0007", tally.checkpoint());
    assertEquals(tally.loss(), copy.loss());
    assertNotEquals(tally, copy);
    assertEquals(tally, copy.named("epoch-0007"));
  }

  /** A pure function of the record number, including ties, misses, NaN and undecodable images. */
  static void addRecord(Tally tally, int record) {
    Random random = new Random(record * 31L + 7);
    int label = random.nextInt(CLASSES);
    if (random.nextInt(50) == 0) {
      tally.addUndecodable(record, label);
      return;
    }
    float[] logits = new float[CLASSES];
    for (int i = 0; i < CLASSES; i++) {
      logits[i] = random.nextInt(3) == 0 ? 1 : (float) random.nextGaussian() * 4;
    }
    if (random.nextInt(60) == 0) {
      logits[random.nextInt(CLASSES)] = Float.NaN;
    }
    tally.add(record, label, logits, 0);
  }
}
