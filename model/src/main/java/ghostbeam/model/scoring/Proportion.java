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

  /**
   * How much more the one is than the other of an independent sample.
   *
   * @param rate the difference of the rates, from −1 to 1; NaN where either is of nothing
   * @param low lower end of its interval at 95 %
   * @param high upper end
   */
  public record Difference(double rate, double low, double high) {}

  /**
   * This less another, of two independent samples, such as one checkpoint's hits on two test sets
   * that share no image. The interval is Newcombe's hybrid score, which combines the two Wilson
   * intervals and keeps within −1 and 1 (R. G. Newcombe, Interval estimation for the difference
   * between independent proportions: comparison of eleven methods, Statistics in Medicine 17, 1998,
   * pages 873–890, method 10).
   */
  public Difference minus(Proportion other) {
    double difference = rate() - other.rate();
    double below = Math.hypot(rate() - low(), other.high() - other.rate());
    double above = Math.hypot(high() - rate(), other.rate() - other.low());
    return new Difference(difference, difference - below, difference + above);
  }

  private Interval interval() {
    return BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(
        (int) total, (int) correct, ERROR_RATE);
  }
}
