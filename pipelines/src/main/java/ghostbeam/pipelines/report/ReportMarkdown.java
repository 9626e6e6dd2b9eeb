package ghostbeam.pipelines.report;

import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.scoring.Race;
import ghostbeam.pipelines.verdict.Copies;
import ghostbeam.pipelines.verdict.OtherLabels;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Rounding;
import ghostbeam.pipelines.verdict.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@code report.md}: the leaderboard and where its figures come from, for pull requests. */
final class ReportMarkdown {
  private static final int NUMBERS = 100;

  private ReportMarkdown() {}

  static String of(Report report) {
    StringBuilder text = new StringBuilder();
    Row best = report.checkpoints().get(0);
    Report.Dataset data = report.dataset();
    text.append(
        String.format(
            Locale.ROOT,
            """
            # Evaluation of `%s` on %,d records

            Best: **%s**, Top-1 %s %% (95 %%: %s–%s), Top-5 %s %%. %s

            %s
            Intervals are Wilson's; p is McNemar's mid-p against the best on the same images, after \
            Holm's correction; `tied` is not distinguishable from the best at 5 %%.

            """,
            data.split(),
            data.records(),
            best.name(),
            ReportTable.percent(best.top1().rate()),
            ReportTable.percent(best.top1().low()),
            ReportTable.percent(best.top1().high()),
            ReportTable.percent(best.top5().rate()),
            tied(report),
            ReportTable.of(report)));
    text.append(ReportTable.ofInDataset(report));
    text.append(SetsTable.section(report));
    text.append(dropped(report));
    text.append(gate(report.gate()));
    text.append(choice(report));
    text.append(ReportTable.ofPairs(report));
    text.append(remarks(report));
    text.append(
        String.format(
            Locale.ROOT,
            """
            ## Where it comes from

            - Dataset: `%s`, split `%s`, %d classes, `%s`
            %s- Software: ghostbeam %s, Beam %s, DJL %s

            """,
            data.uri(),
            data.split(),
            data.classes().size(),
            data.digest(),
            moduleClasses(report),
            report.software().version(),
            report.software().beam(),
            report.software().djl()));
    text.append(
        "| checkpoint | network | step | input | crop | bicubic | precision | file | digest |\n");
    text.append("|---|---|--:|--:|--:|---|---|---|---|\n");
    report.checkpoints().forEach(row -> text.append(provenance(row)));
    return text.toString();
  }

  private static String moduleClasses(Report report) {
    return report.moduleClasses().stream()
        .map(file -> "- Classes of modules: `%s`, `%s`\n".formatted(file.uri(), file.digest()))
        .collect(Collectors.joining());
  }

  private static String tied(Report report) {
    String others =
        report.checkpoints().stream()
            .filter(row -> row.tied() && !row.name().equals(report.best()))
            .map(Row::name)
            .collect(Collectors.joining(", "));
    return others.isEmpty()
        ? report.ranked().size() == 1 ? "" : "No other is tied with it."
        : "Tied with it: " + others + ".";
  }

  private static String dropped(Report report) {
    return report.dropped().isEmpty()
        ? ""
        : ReportTable.ofDropped(report)
            + """
            Each was dropped once the evidence that another is better, an anytime-valid e-value of \
            the images that only one of the two gets right, reached K (K − 1) / %s for K entrants. So \
            the chance of having dropped any for one that is not better is at most %s.

            """
                .formatted(Race.ERROR_BUDGET, Race.ERROR_BUDGET);
  }

  private static String gate(Report.Gate gate) {
    StringBuilder text = new StringBuilder();
    for (Report.Rule rule : gate.rules()) {
      text.append(
          "- Gate `%s`: %s, found %s\n"
              .formatted(rule.rule(), rule.passed() ? "met" : "**not met**", rule.found()));
    }
    return text.append(text.isEmpty() ? "" : "\n").toString();
  }

  private static String choice(Report report) {
    Report.OneStandardError rule = report.oneStandardError();
    StringBuilder text = new StringBuilder();
    if (!rule.choice().equals(report.best())) {
      text.append(
          "By the one-standard-error rule (Top-1 at least %s %%, then fewest parameters and steps):"
              .formatted(ReportTable.percent(rule.atLeast())));
      text.append(" **").append(rule.choice()).append("**.\n\n");
    }
    Proportion real = report.bestRow().real();
    if (real != null) {
      text.append(
          String.format(
              Locale.ROOT,
              "The best's Top-1 by ReaL labels: %s %% (95 %%: %s–%s) of %d records that have"
                  + " any.\n\n",
              ReportTable.percent(real.rate()),
              ReportTable.percent(real.low()),
              ReportTable.percent(real.high()),
              real.total()));
    }
    return text.toString();
  }

  /** What a reader must know before believing the table. */
  private static String remarks(Report report) {
    List<Row> rows = report.checkpoints();
    StringBuilder text = new StringBuilder();
    for (OtherLabels other : report.otherLabels()) {
      text.append("**Warning**: ").append(other.sentence()).append(".\n\n");
    }
    if (!report.chosenHere().isEmpty()) {
      text.append("**Warning**: ").append(report.chosenHere()).append(".\n\n");
    }
    if (!report.numbered().isEmpty()) {
      text.append(report.numbered()).append(".\n\n");
    }
    List<Integer> undecodable = report.undecodable();
    if (!undecodable.isEmpty()) {
      text.append("Images that could not be decoded, counted as wrong: ")
          .append(numbers(undecodable.stream().mapToInt(Integer::intValue).toArray()))
          .append(".\n\n");
      for (Row row : rows) {
        long own = row.tally().undecodable().count();
        if (row.complete() && own < undecodable.size()) {
          text.append(
              "**%s** was scored where %d of them could be decoded.\n\n"
                  .formatted(row.name(), undecodable.size() - own));
        }
      }
    }
    for (Rounding pair : report.rounding()) {
      text.append(
          String.format(
              Locale.ROOT,
              "bf16 changes %s of %d predictions: **%s** against **%s**.\n\n",
              pair.count(),
              report.dataset().records(),
              pair.bf16(),
              pair.float32()));
    }
    for (Row row : rows) {
      int[] notFinite = row.tally().notFinite().toArray();
      if (notFinite.length > 0) {
        text.append(
            "**%s** gave logits that are not finite, counted as wrong: %s.\n\n"
                .formatted(row.name(), numbers(notFinite)));
      }
    }
    for (Copies copies : Copies.of(rows)) {
      text.append(copies.sentence()).append("\n\n");
    }
    return text.toString();
  }

  private static String numbers(int[] records) {
    String first =
        IntStream.of(records)
            .limit(NUMBERS)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", "));
    String rest = records.length > NUMBERS ? ", … (all are in tallies/)" : "";
    return (records.length == 1 ? "record " : records.length + " records, ") + first + rest;
  }

  /** Precision, and whatever else rounding or a module's input depends on. */
  private static String precision(Row row) {
    Report.Preprocessing view = row.preprocessing();
    List<String> words = new ArrayList<>(List.of(view.precision()));
    if (view.batchSize() != null) {
      words.add("batch " + view.batchSize());
    }
    if (view.module() != null) {
      view.module().forEach((setting, value) -> words.add(setting + " " + value));
    }
    if (row.origin().moduleClasses() != null) {
      words.add("classes of `%s`".formatted(row.origin().moduleClasses().uri()));
    }
    return String.join(", ", words);
  }

  private static String provenance(Row row) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %d | %d | %s | %s | %s | `%s` | `%s` |\n",
        row.name().replace("|", "\\|"),
        row.origin().architecture(),
        row.origin().step(),
        row.preprocessing().inputSize(),
        row.preprocessing().cropFraction(),
        row.preprocessing().interpolation(),
        precision(row),
        row.uri(),
        row.origin().digest());
  }
}
