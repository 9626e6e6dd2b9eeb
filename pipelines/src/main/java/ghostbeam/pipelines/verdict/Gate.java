package ghostbeam.pipelines.verdict;

import ghostbeam.model.scoring.Metric;
import ghostbeam.pipelines.cli.QualityGateException;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Rules that a report's best checkpoint must meet.
 *
 * @param rules in the order given
 * @param baseline name of a checkpoint, or path of a report.json whose best checkpoint is meant;
 *     empty if no rule needs one
 * @param row the baseline's row if it is from another report, else null
 */
public record Gate(List<GateRule> rules, String baseline, Row row) {

  /** Reads another report by the path of its report.json. */
  @FunctionalInterface
  public interface Reports {
    Report read(String path) throws IOException;
  }

  /**
   * Reads the flags {@code --gate} and {@code --baseline}.
   *
   * @throws UsageException for an invalid rule, or one without the baseline that it needs
   */
  public static Gate of(VerdictOptions options) {
    List<String> flags = options.getGate() == null ? List.of() : options.getGate();
    List<GateRule> rules =
        flags.stream()
            .flatMap(flag -> Arrays.stream(flag.split("[,;]", -1)))
            .filter(text -> !text.isBlank())
            .map(GateRule::parse)
            .toList();
    String baseline = options.getBaseline() == null ? "" : options.getBaseline().strip();
    for (GateRule rule : rules) {
      if (rule.relative() && baseline.isEmpty()) {
        throw new UsageException(
            "--gate=%s needs --baseline, a checkpoint's name or a report.json"
                .formatted(rule.text()));
      }
    }
    if (!baseline.isEmpty() && rules.stream().noneMatch(GateRule::relative)) {
      throw new UsageException(
          "--baseline=%s is used by no rule; give one, such as --gate='top1>=baseline-0.002'"
              .formatted(baseline));
    }
    return new Gate(rules, baseline, null);
  }

  /**
   * Rejects rules about Top-1 among the data's classes if no network knows more classes.
   *
   * @param knownMore whether any checkpoint knows more classes than the data has
   * @throws UsageException naming the rule
   */
  public void requireInDataset(boolean knownMore) {
    for (GateRule rule : rules) {
      if (rule.metric() == Metric.TOP1_IN_DATASET && !knownMore) {
        throw new UsageException(
            "--gate=%s does not apply: no checkpoint knows more classes than the data has; use top1 instead"
                .formatted(rule.text()));
      }
    }
  }

  /**
   * Finds the baseline, before any scoring.
   *
   * @param names of the checkpoints that the report will have
   * @param digest of the dataset
   * @param realLabels digest of the ReaL labels that checkpoints are counted by, or null
   * @param reports reads the baseline's report if the baseline is not one of the names
   * @throws UsageException if the baseline is neither a name nor a report, or a rule is about ReaL
   *     labels and none were given
   * @throws IOException if its report is of another dataset or other ReaL labels, or cannot be read
   */
  public Gate resolve(Collection<String> names, String digest, String realLabels, Reports reports)
      throws IOException {
    for (GateRule rule : rules) {
      if (rule.metric() == Metric.REAL && realLabels == null) {
        throw new UsageException("--gate=%s needs --realLabels".formatted(rule.text()));
      }
    }
    if (baseline.isEmpty() || names.contains(baseline)) {
      return this;
    }
    if (!baseline.endsWith(".json")) {
      throw new UsageException(
          "--baseline=%s is neither a report.json nor the name of a checkpoint; names are %s"
              .formatted(baseline, String.join(", ", names)));
    }
    Report report = reports.read(Launch.absolute(baseline));
    if (!report.dataset().digest().equals(digest)) {
      throw new IOException(
          "--baseline=%s is of another dataset (%s) than this one (%s); its figures are not comparable"
              .formatted(baseline, report.dataset().digest(), digest));
    }
    Row best = report.bestRow();
    for (GateRule rule : rules) {
      if (rule.relative()
          && rule.metric() == Metric.REAL
          && !Objects.equals(report.realLabels(), realLabels)) {
        throw new IOException(
            "--baseline=%s has %s for --gate=%s; make it with the same --realLabels"
                .formatted(
                    baseline,
                    report.realLabels() == null
                        ? "no ReaL figures"
                        : "figures by other ReaL labels (" + report.realLabels() + ")",
                    rule.text()));
      }
      if (rule.relative() && rule.metric() == Metric.TOP1_IN_DATASET && best.inDataset() == null) {
        throw new IOException(
            "--baseline=%s has no %s for --gate=%s: its best, %s, knows no more classes than the data has"
                .formatted(baseline, rule.metric().key(), rule.text(), best.name()));
      }
      if (rule.relative() && best.figures().isOlderThan(rule.metric())) {
        throw new IOException(
            "--baseline=%s is from an earlier version without %s; evaluate its checkpoint again, or leave --gate=%s out"
                .formatted(baseline, rule.metric().key(), rule.text()));
      }
    }
    return new Gate(rules, baseline, best);
  }

  /** Applies the rules to a report's best checkpoint. */
  public Report.Gate judge(Report report) {
    Row other =
        row != null
            ? row
            : report.ranked().stream()
                .filter(candidate -> candidate.name().equals(baseline))
                .findFirst()
                .orElse(null);
    List<Report.Rule> judged = new ArrayList<>();
    for (GateRule rule : rules) {
      judged.add(rule.judge(report.bestRow(), other));
    }
    return new Report.Gate(judged.stream().allMatch(Report.Rule::passed), judged);
  }

  /**
   * Throws unless the report passed its gate.
   *
   * @throws QualityGateException naming the rules that are not met
   */
  public static void require(Report report) {
    if (!report.gate().passed()) {
      throw new QualityGateException(
          "gate failed: "
              + report.gate().rules().stream()
                  .filter(rule -> !rule.passed())
                  .map(rule -> describe(rule, report.best()))
                  .collect(Collectors.joining("; ")));
    }
  }

  private static String describe(Report.Rule rule, String best) {
    String wanted = rule.rule().contains("baseline") ? ", wanted " + number(rule.wanted()) : "";
    return "%s (%s has %s%s)".formatted(rule.rule(), best, number(rule.found()), wanted);
  }

  private static String number(Double value) {
    return value == null
        ? "no such figure"
        : value == Math.rint(value) && Math.abs(value) < 1e15
            ? Long.toString(value.longValue())
            : String.format(Locale.ROOT, "%.6f", value).replaceFirst("0+$", "");
  }
}
