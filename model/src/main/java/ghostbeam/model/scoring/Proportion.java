package ghostbeam.model.scoring;

import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/**
 * A proportion of right answers, with its confidence interval.
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

  /** The fraction from 0 to 1; NaN where {@code total} is 0. */
  public double rate() {
    return (double) correct / total;
  }

  /** The rate's standard error, √(rate (1 − rate) / total); NaN where {@code total} is 0. */
  public double standardError() {
    return Math.sqrt(rate() * (1 - rate()) / total);
  }

  /** Lower end of the Wilson score interval at 95 %; 0 where {@code total} is 0. */
  public double low() {
    // The formula's rounding can miss an exact 0 or 1 by a few units in the last place.
    return correct == 0 ? 0 : interval().getLowerBound();
  }

  /** Upper end of the Wilson score interval at 95 %; 1 where {@code total} is 0. */
  public double high() {
    return correct == total ? 1 : interval().getUpperBound();
  }

  /**
   * The difference between two proportions of independent samples.
   *
   * @param rate the difference of the rates, from −1 to 1; NaN where either total is 0
   * @param low lower end of its 95 % interval
   * @param high upper end of that interval
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
