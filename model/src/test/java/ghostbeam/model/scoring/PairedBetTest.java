package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairedBetTest {

  /**
   * The integral computed by mpmath 1.3 with 40 digits: {@code log(2) + (w + l) * log(2) +
   * log(betainc(w + 1, l + 1, 0.5, 1))}.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "1, 0, 0.40546510810816438",
    "0, 1, -0.69314718055994531",
    "1, 1, -0.40546510810816438",
    "7, 1, 1.9419340006756739",
    "1, 7, -1.9740810260220096",
    "14, 0, 7.6891269892531738",
    "60, 0, 38.171104149983353",
    "0, 60, -4.1108738641733112",
    "60, 40, 0.57889112322060124",
    "40, 60, -3.1691212423162923",
    "101, 100, -2.3725508550812903",
    "3000, 2700, 4.491659852295624",
    "998, 1016, -3.8714536796277707",
    "5000, 1000, 1451.7910374468212",
  })
  void evidenceIsTheIntegral(long won, long lost, double expected) {
    assertEquals(
        expected, PairedBet.logEvidence(won, lost), 1e-9 * Math.max(1, Math.abs(expected)));
  }

  /**
   * The martingale property, which makes it valid at any time: with a fair coin the expected
   * evidence stays the same.
   */
  @Test
  void evidenceIsAMartingaleForAFairCoin() {
    for (int won = 0; won < 40; won++) {
      for (int lost = 0; lost < 40; lost++) {
        double now = Math.exp(PairedBet.logEvidence(won, lost));
        double next =
            Math.exp(PairedBet.logEvidence(won + 1, lost))
                + Math.exp(PairedBet.logEvidence(won, lost + 1));
        assertEquals(now, next / 2, 1e-10 * now);
      }
    }
  }

  /**
   * Ville's inequality: checked after each of 2,000 images, at most 5 % of fair coins ever reach
   * 20.
   */
  @Test
  void checkingAfterEveryImageKeepsTheErrorBudget() {
    SplittableRandom random = new SplittableRandom(1);
    int reached = 0;
    for (int run = 0; run < 400; run++) {
      int won = 0;
      boolean ever = false;
      for (int image = 1; image <= 2000 && !ever; image++) {
        won += random.nextInt(2);
        ever = PairedBet.logEvidence(won, image - won) >= Math.log(20);
      }
      reached += ever ? 1 : 0;
    }
    int found = reached;
    assertTrue(found > 0 && found <= 0.05 * 400, () -> found + " of 400");
  }
}
