package ghostbeam.model.scoring;

import java.math.BigDecimal;

/**
 * An exact value of a metric, number / over.
 *
 * @param over the denominator, at least 1
 */
public record Fraction(BigDecimal number, long over) implements Comparable<Fraction> {

  /** A proportion; null where its total is 0. */
  public static Fraction of(Proportion proportion) {
    return proportion.total() == 0
        ? null
        : new Fraction(BigDecimal.valueOf(proportion.correct()), proportion.total());
  }

  /** A number; null where it is not finite. */
  public static Fraction of(double number) {
    return Double.isFinite(number) ? new Fraction(new BigDecimal(number), 1) : null;
  }

  /** A count. */
  public static Fraction of(long count) {
    return new Fraction(BigDecimal.valueOf(count), 1);
  }

  public Fraction plus(BigDecimal addend) {
    return new Fraction(number.add(addend.multiply(BigDecimal.valueOf(over))), over);
  }

  /** Compares the values; fractions with the same value need not be equal. */
  @Override
  public int compareTo(Fraction other) {
    return number
        .multiply(BigDecimal.valueOf(other.over))
        .compareTo(other.number.multiply(BigDecimal.valueOf(over)));
  }

  /** The value, rounded once. */
  public double toDouble() {
    return number.doubleValue() / over;
  }

  /** The proportion that this fraction was made from. */
  public Proportion toProportion() {
    return new Proportion(number.longValueExact(), over);
  }
}
