package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

  /**
   * Computed in exact fractions. 1 against 7 is the airway example of Fagerland, Lydersen and
   * Laake, BMC Medical Research Methodology 13:91 (2013), who print 0.039.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 7, 0.0390625",
    "7, 1, 0.0390625",
    "16, 5, 0.016900539398193359",
    "5, 16, 0.016900539398193359",
    "0, 0, 1",
    "5, 5, 1",
    "0, 1, 0.5",
    "1, 0, 0.5",
    "0, 10, 0.0009765625",
    "40, 60, 0.046044066929342806",
    "0, 60, 8.6736173798840355e-19",
    "100, 101, 0.94393047385712603",
    "1016, 998, 0.68843676430214118",
    "3000, 2700, 7.0643445328408489e-05",
  })
  void midPIsExact(long onlyThis, long onlyBest, double p) {
    assertEquals(p, Comparison.mcNemarMidP(onlyThis, onlyBest), p * 1e-9);
  }

  /** R: {@code p.adjust(p, "holm")}. */
  @Test
  void holmAgreesWithR() {
    assertArrayEquals(
        new double[] {0.05, 0.08, 0.09, 0.09, 0.09},
        Comparison.holm(new double[] {0.01, 0.02, 0.03, 0.04, 0.05}),
        1e-12);
    assertArrayEquals(
        new double[] {1, 0.04, 1, 0.04},
        Comparison.holm(new double[] {0.5, 0.01, 0.9, 0.01}),
        1e-12);
    assertArrayEquals(new double[] {0.03}, Comparison.holm(new double[] {0.03}));
    assertArrayEquals(new double[0], Comparison.holm(new double[0]));
  }

  @Test
  void distinguishesBeatenFromTied() {
    Tally best = tally("best", 200, n -> n < 160);
    Tally close = tally("close", 200, n -> n >= 3 && n < 162);
    Tally beaten = tally("beaten", 200, n -> n < 100);
    List<Comparison> comparisons = Comparison.withBest(best, List.of(beaten, close));
    assertEquals(0, comparisons.get(0).onlyThis());
    assertEquals(60, comparisons.get(0).onlyBest());
    assertFalse(comparisons.get(0).tied());
    assertEquals(2, comparisons.get(1).onlyThis());
    assertEquals(3, comparisons.get(1).onlyBest());
    assertTrue(comparisons.get(1).tied());
    assertTrue(Comparison.ofBest().tied());
  }

  @Test
  void holmCanTieWhatASingleTestWouldNot() {
    Tally best = tally("best", 100, n -> n < 60);
    Tally other = tally("other", 100, n -> n >= 9 && n < 62);
    assertFalse(Comparison.withBest(best, List.of(other)).get(0).tied());
    assertTrue(Comparison.withBest(best, List.of(other, other)).get(0).tied());
  }

  /** Ties share the largest remaining factor, as in R's {@code p.adjust}. */
  @Test
  void holmOfTiesAndExtremesAgreesWithR() {
    assertArrayEquals(
        new double[] {0.08, 0.08, 0.08, 0.08},
        Comparison.holm(new double[] {0.02, 0.02, 0.02, 0.02}),
        1e-12);
    assertArrayEquals(
        new double[] {0, 1, 1, 0.003}, Comparison.holm(new double[] {0, 1, 1, 0.001}), 1e-12);
  }

  @Test
  void pairsAreComparedIndexByIndex() {
    Tally right = tally("right", 40, n -> true);
    Tally half = tally("half", 40, n -> n < 20);
    Tally none = tally("none", 40, n -> false);
    List<Comparison> pairs =
        Comparison.ofPairs(List.of(right, none, half), List.of(half, none, none));
    assertEquals(new Comparison(20, 0, 0x1p-20, 3 * 0x1p-20), pairs.get(0));
    assertEquals(new Comparison(0, 0, 1, 1), pairs.get(1));
    assertEquals(new Comparison(20, 0, 0x1p-20, 3 * 0x1p-20), pairs.get(2));
  }

  @Test
  void refusesToCompareDifferentRecords() {
    Tally best = tally("best", 10, n -> true);
    Tally other = tally("other", 9, n -> true);
    assertThrows(IllegalArgumentException.class, () -> Comparison.withBest(best, List.of(other)));
  }

  private static Tally tally(String name, int records, IntPredicate right) {
    Tally tally = Tally.of(name, 2);
    for (int n = 0; n < records; n++) {
      tally.add(n, 0, right.test(n) ? new float[] {1, 0} : new float[] {0, 1}, 0);
    }
    return tally;
  }
}
