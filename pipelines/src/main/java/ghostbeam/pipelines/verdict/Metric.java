package ghostbeam.pipelines.verdict;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A figure of a checkpoint that a gate can hold to a rule, as an exact fraction. */
enum Metric {
  TOP1("top1", true),
  TOP5("top5", true),
  REAL("real", true),
  LOSS("loss", false),
  SMOOTHED_LOSS("smoothedLoss", false),
  CALIBRATION_ERROR("calibrationError", true),
  RECORDS("records", false),
  NOT_FINITE("notFinite", false),
  PARAMETERS("parameters", false);

  /**
   * A number without rounding.
   *
   * @param over at least 1
   */
  record Fraction(BigDecimal number, long over) {
    Fraction plus(BigDecimal addend) {
      return new Fraction(number.add(addend.multiply(BigDecimal.valueOf(over))), over);
    }

    int compareTo(Fraction other) {
      return number
          .multiply(BigDecimal.valueOf(other.over))
          .compareTo(other.number.multiply(BigDecimal.valueOf(over)));
    }

    double toDouble() {
      return number.doubleValue() / over;
    }
  }

  private final String title;
  private final boolean share;

  Metric(String title, boolean share) {
    this.title = title;
    this.share = share;
  }

  /** Its name in report.json and in rules. */
  String title() {
    return title;
  }

  /** Whether it lies between 0 and 1. */
  boolean isShare() {
    return share;
  }

  /** A row's figure; null where it has none. */
  Fraction of(Report.Row row) {
    return switch (this) {
      case TOP1 -> of(row.top1().correct(), row.records());
      case TOP5 -> of(row.top5().correct(), row.records());
      case REAL -> row.real() == null ? null : of(row.real().correct(), row.real().records());
      case LOSS -> of(row.loss());
      case SMOOTHED_LOSS -> of(row.smoothedLoss());
      case CALIBRATION_ERROR -> of(row.calibrationError());
      case RECORDS -> of(row.records(), 1);
      case NOT_FINITE -> of(row.notFinite(), 1);
      case PARAMETERS -> of(row.parameters(), 1);
    };
  }

  static List<String> titles() {
    return Arrays.stream(values()).map(Metric::title).toList();
  }

  static Stream<Metric> named(String title) {
    return Arrays.stream(values()).filter(metric -> metric.title.equals(title));
  }

  private static Fraction of(long number, long over) {
    return over == 0 ? null : new Fraction(BigDecimal.valueOf(number), over);
  }

  private static Fraction of(Double number) {
    return number == null ? null : new Fraction(new BigDecimal(number), 1);
  }
}
