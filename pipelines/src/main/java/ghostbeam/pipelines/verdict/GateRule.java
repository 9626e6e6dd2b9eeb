package ghostbeam.pipelines.verdict;

import ghostbeam.model.scoring.Fraction;
import ghostbeam.model.scoring.Metric;
import ghostbeam.pipelines.cli.UsageException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A comparison that the best checkpoint must meet, such as {@code top1>=0.79} or {@code
 * top1>=baseline-0.002}. It is exact, without rounding: 829 right of 1,000 meets {@code
 * top1>=0.829}.
 *
 * @param text as it was given
 * @param metric its left side
 * @param relation between the sides
 * @param relative whether {@code number} is added to the baseline's figure
 * @param number the right side, or what is added
 */
record GateRule(
    String text, Metric metric, Relation relation, boolean relative, BigDecimal number) {

  /** Comparison operators. */
  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  enum Relation {
    AT_LEAST(">=", comparison -> comparison >= 0),
    AT_MOST("<=", comparison -> comparison <= 0),
    EQUAL("==", comparison -> comparison == 0),
    UNEQUAL("!=", comparison -> comparison != 0),
    ABOVE(">", comparison -> comparison > 0),
    BELOW("<", comparison -> comparison < 0);

    private final String sign;
    private final IntPredicate holds;

    Relation(String sign, IntPredicate holds) {
      this.sign = sign;
      this.holds = holds;
    }

    private static Relation of(String sign) {
      return Arrays.stream(values()).filter(r -> r.sign.equals(sign)).findFirst().orElseThrow();
    }
  }

  private static final String NUMBER = "(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d{1,2})?";
  private static final Pattern FORM =
      Pattern.compile(
          ("\\s*(?<metric>\\w+)\\s*(?<relation>>=|<=|==|!=|>|<)\\s*"
                  + "(?:(?<baseline>baseline)\\s*(?:(?<sign>[+-])\\s*(?<offset>N))?|(?<number>N))"
                  + "\\s*")
              .replace("N", NUMBER));

  /** Parses a rule; anything else is a {@link UsageException}. */
  static GateRule parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new UsageException(
          "--gate='%s' is invalid; expected a rule such as top1>=0.79 or top1>=baseline-0.002"
              .formatted(text.strip()));
    }
    Metric metric =
        Arrays.stream(Metric.values())
            .filter(known -> known.key().equals(form.group("metric")))
            .findFirst()
            .orElseThrow(
                () ->
                    new UsageException(
                        "--gate=%s: there is no figure %s; figures are %s"
                            .formatted(
                                text.strip(),
                                form.group("metric"),
                                Arrays.stream(Metric.values())
                                    .map(Metric::key)
                                    .collect(Collectors.joining(", ")))));
    GateRule rule = of(text.strip(), metric, form);
    if (!rule.relative && metric.form().isShare() && rule.number.compareTo(BigDecimal.ONE) > 0) {
      throw new UsageException(
          "--gate=%s can never be met; %s is a fraction from 0 to 1, not a percentage"
              .formatted(rule.text, metric.key()));
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
        Relation.of(form.group("relation")),
        relative,
        "-".equals(form.group("sign")) ? number.negate() : number);
  }

  /**
   * Applies the rule to a row; a figure that is not finite meets no rule.
   *
   * @param baseline what the figure is relative to; unused by other rules
   */
  Report.Rule judge(Row row, Row baseline) {
    Fraction found = row.figures().get(metric);
    Fraction wanted = new Fraction(number, 1);
    if (relative) {
      Fraction from = asWritten(baseline.figures().get(metric));
      wanted = from == null ? null : from.plus(number);
      found = asWritten(found);
    }
    boolean passed =
        found != null && wanted != null && relation.holds.test(found.compareTo(wanted));
    return new Report.Rule(
        text,
        passed,
        found == null ? null : found.toDouble(),
        wanted == null ? null : wanted.toDouble());
  }

  /** Rounds as report.json does, since a baseline may come from one. */
  private Fraction asWritten(Fraction figure) {
    boolean rounded = figure != null && metric.form() == Metric.Form.SHARE;
    return rounded ? Fraction.of(figure.toDouble()) : figure;
  }
}
