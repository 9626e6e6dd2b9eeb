package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MetricTest {

  @Test
  void proportionsAreExactAndNumbersAsExactAsDoubles() {
    Tally tally = tally(3, 1);
    assertEquals(new Fraction(BigDecimal.valueOf(3), 4), Metric.TOP1.of(tally));
    assertEquals(new Fraction(new BigDecimal(tally.loss()), 1), Metric.LOSS.of(tally));
    assertEquals(tally.smoothedLoss(0.1), Metric.SMOOTHED_LOSS.of(tally).toDouble());
    assertEquals(4, Metric.RECORDS.of(tally).toDouble());
    assertEquals(new Proportion(3, 4), Metric.TOP1.of(tally).toProportion());
  }

  /** One class has 3 of 4 records right, another 0 of 1; a third has no records. */
  @Test
  void classAccuracyWeighsClassesEqually() {
    Tally tally = Tally.of("c", 3);
    for (int record = 0; record < 4; record++) {
      tally.add(record, 0, new float[] {record < 3 ? 1 : -1, 0, 0}, 0);
    }
    tally.addUndecodable(4, 1);
    assertEquals(3 / 8.0, Metric.CLASS_ACCURACY.of(tally).toDouble());
    assertEquals(Metric.TOP1.of(tally(3, 1)), Metric.CLASS_ACCURACY.of(tally(3, 1)));
    assertNull(Metric.CLASS_ACCURACY.of(Tally.of("none", 3)));
  }

  @Test
  void missingValuesAreNull() {
    Tally tally = Tally.of("nan", 2);
    tally.add(0, 0, new float[] {Float.NaN, 0}, 0);
    assertNull(Metric.LOSS.of(tally));
    assertNull(Metric.CALIBRATION_ERROR.of(tally));
    assertNull(Metric.TOP1.of(Tally.of("none", 2)));
    assertEquals(1, Metric.NOT_FINITE.of(tally).toDouble());
    for (Metric metric : Metric.values()) {
      assertTrue(metric.isOfTally() || metric.of(tally) == null, metric.key());
    }
  }

  @Test
  void betterValuesComeFirstAndMissingOnesLast() {
    Fraction half = Fraction.of(new Proportion(2, 4));
    Fraction third = Fraction.of(new Proportion(1, 3));
    assertEquals(
        Arrays.asList(half, third, null),
        Stream.of(third, null, half).sorted(Metric.TOP1.bestFirst()).toList());
    assertEquals(
        Arrays.asList(third, half, null),
        Stream.of(null, half, third).sorted(Metric.LOSS.bestFirst()).toList());
    assertEquals(0, half.compareTo(Fraction.of(0.5)));
  }

  @Test
  void showsPercentagesAndMissingValues() {
    assertEquals("33.33", Metric.TOP5.form().text(Fraction.of(new Proportion(1, 3))));
    assertEquals("2.5000", Metric.LOSS.form().text(Fraction.of(2.5)));
    assertEquals("5183016", Metric.PARAMETERS.form().text(Fraction.of(5_183_016)));
    assertEquals("not finite", Metric.LOSS.form().text(null));
    assertEquals("–", Metric.REAL.form().text(null));
  }

  @Test
  void accuraciesAreShownBeforeErrors() {
    List<Metric> shown = Metric.shown(Metric.Shown.ON_THE_PAGE);
    assertTrue(shown.indexOf(Metric.REAL) < shown.indexOf(Metric.LOSS), shown::toString);
    assertTrue(shown.containsAll(Metric.shown(Metric.Shown.IN_TABLES)), shown::toString);
    assertEquals(
        Metric.values().length, Arrays.stream(Metric.values()).map(Metric::key).distinct().count());
  }

  /** Two classes, where all records belong to the first. */
  private static Tally tally(int right, int wrong) {
    Tally tally = Tally.of("c", 2);
    for (int record = 0; record < right + wrong; record++) {
      tally.add(record, 0, new float[] {record < right ? 1 : -1, 0}, 0);
    }
    return tally;
  }
}
