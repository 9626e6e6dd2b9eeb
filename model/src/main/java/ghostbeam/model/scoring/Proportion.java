package ghostbeam.model.scoring;

import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/**
 * Right answers among all.
 *
 * @param correct from 0 to {@code total}
 * @param total 0 or more
 */
public record Proportion(long correct, long total) {
  private static final double ERROR_RATE = 0.05;

  public Proportion {
    if (correct < 0 || correct > total || total > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(correct + " correct of " + total);
    }
  }

  /** The fraction from 0 to 1; NaN of nothing. */
  public double rate() {
    return (double) correct / total;
  }

  /** The rate's standard error, √(rate (1 − rate) / total); NaN of nothing. */
  public double standardError() {
    return Math.sqrt(rate() * (1 - rate()) / total);
  }

  /** Lower end of the Wilson score interval at 95 %; 0 of nothing. */
  public double low() {
    // The formula's rounding may leave an exact 0 or 1 by a few units in the last place.
    return correct == 0 ? 0 : interval().getLowerBound();
  }

  /** Upper end of the Wilson score interval at 95 %; 1 of nothing. */
  public double high() {
    return correct == total ? 1 : interval().getUpperBound();
  }

  private Interval interval() {
    return BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(
        (int) total, (int) correct, ERROR_RATE);
  }
}
