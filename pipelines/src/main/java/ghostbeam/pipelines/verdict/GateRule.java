package ghostbeam.pipelines.verdict;

import ghostbeam.pipelines.cli.UsageException;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A comparison that the best checkpoint has to meet, such as {@code top1>=0.79} or {@code
 * top1>=baseline-0.002}. It is made without rounding: 829 right of 1,000 meets {@code top1>=0.829}.
 *
 * @param text as it was given
 * @param metric its left side
 * @param operator such as {@code >=}
 * @param relative whether {@code number} is added to the baseline's figure
 * @param number the right side, or what is added
 */
record GateRule(String text, Metric metric, String operator, boolean relative, BigDecimal number) {
  private static final String NUMBER = "(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d{1,2})?";
  private static final Pattern FORM =
      Pattern.compile(
          ("\\s*(?<metric>\\w+)\\s*(?<operator>>=|<=|==|!=|>|<)\\s*"
                  + "(?:(?<baseline>baseline)\\s*(?:(?<sign>[+-])\\s*(?<offset>N))?|(?<number>N))"
                  + "\\s*")
              .replace("N", NUMBER));

  /** Reads a rule; anything else is wrong usage, told in one line. */
  static GateRule parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new UsageException(
          "--gate cannot be '%s'; a rule is such as top1>=0.79 or top1>=baseline-0.002"
              .formatted(text.strip()));
    }
    Metric metric =
        Metric.named(form.group("metric"))
            .findFirst()
            .orElseThrow(
                () ->
                    new UsageException(
                        "--gate=%s knows no %s; figures are %s"
                            .formatted(
                                text.strip(),
                                form.group("metric"),
                                String.join(", ", Metric.titles()))));
    GateRule rule = of(text.strip(), metric, form);
    if (!rule.relative && metric.isShare() && rule.number.compareTo(BigDecimal.ONE) > 0) {
      throw new UsageException(
          "--gate=%s can never be met; %s is a fraction from 0 to 1, not a percentage"
              .formatted(rule.text, metric.title()));
    }
    return rule;
  }

  private static GateRule of(String text, Metric metric, Matcher form) {
    boolean relative = form.group("baseline") != null;
    String digits = relative ? form.group("offset") : form.group("number");
    BigDecimal number = digits == null ? BigDecimal.ZERO : new BigDecimal(digits);
    return new GateRule(
        text,
        metric,
        form.group("operator"),
        relative,
        "-".equals(form.group("sign")) ? number.negate() : number);
  }

  /**
   * Holds a row to the rule; a figure that is not finite meets none.
   *
   * @param baseline what the figure is relative to; unused by other rules
   */
  Report.Rule judge(Report.Row row, Report.Row baseline) {
    Metric.Fraction found = metric.of(row);
    Metric.Fraction wanted = new Metric.Fraction(number, 1);
    if (relative) {
      Metric.Fraction from = metric.of(baseline);
      wanted = from == null ? null : from.plus(number);
    }
    boolean passed = found != null && wanted != null && holds(found.compareTo(wanted));
    return new Report.Rule(
        text,
        passed,
        found == null ? null : found.toDouble(),
        wanted == null ? null : wanted.toDouble());
  }

  private boolean holds(int comparison) {
    return switch (operator) {
      case ">=" -> comparison >= 0;
      case "<=" -> comparison <= 0;
      case "==" -> comparison == 0;
      case "!=" -> comparison != 0;
      case ">" -> comparison > 0;
      default -> comparison < 0;
    };
  }
}
