package ghostbeam.pipelines.page;

import ghostbeam.pipelines.verdict.Report;
import java.util.Locale;

/**
 * The scale on which the leaderboard draws intervals.
 *
 * @param from its left end, a fraction
 * @param to its right end
 */
record IntervalAxis(double from, double to) {
  private static final double STEP = 0.01;

  /** Just wide enough for all intervals, ending at whole percents. */
  static IntervalAxis of(Report report) {
    double low = report.ranked().stream().mapToDouble(row -> row.top1().low()).min().orElse(0);
    double high = report.ranked().stream().mapToDouble(row -> row.top1().high()).max().orElse(1);
    return new IntervalAxis(Math.floor(low / STEP) * STEP, Math.ceil(high / STEP) * STEP);
  }

  /**
   * A fraction's position, in percent of the width from the left. Boxed, as the template passes
   * numbers.
   */
  public String at(Double fraction) {
    return String.format(Locale.ROOT, "%.2f", 100 * (fraction - from) / (to - from));
  }

  /** How wide an interval is, in percent of the width. */
  public String width(Double low, Double high) {
    return String.format(Locale.ROOT, "%.2f", 100 * (high - low) / (to - from));
  }
}
