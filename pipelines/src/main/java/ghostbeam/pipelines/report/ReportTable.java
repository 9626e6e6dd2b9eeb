package ghostbeam.pipelines.report;

import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Defeat;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The report's tables as aligned Markdown: readable on a terminal and in a pull request. */
final class ReportTable {
  /** A column of text; the others hold numbers, aligned to the right. */
  private static final Set<String> TEXT =
      Set.of("checkpoint", "weights", "", "raw", "averaged", "beaten by");

  private ReportTable() {}

  /** The leaderboard of checkpoints scored on every record. */
  static String of(Report report) {
    List<Metric> metrics = report.columns(Metric.Shown.IN_TABLES);
    List<String> header = new ArrayList<>(List.of("checkpoint", "epoch", "weights"));
    for (Metric metric : metrics) {
      header.add(metric.title());
      if (metric == Metric.TOP1) {
        header.add("95 %");
      }
    }
    header.addAll(List.of("p (Holm)", ""));
    List<List<String>> lines = new ArrayList<>();
    lines.add(header);
    for (Row row : report.ranked()) {
      lines.add(cells(row, metrics, row.name().equals(report.best())));
    }
    return format(lines);
  }

  private static List<String> cells(Row row, List<Metric> metrics, boolean best) {
    List<String> cells = new ArrayList<>();
    cells.add(row.name().replace("|", "\\|"));
    cells.add(Integer.toString(row.origin().epoch()));
    cells.add(row.origin().weights());
    for (Metric metric : metrics) {
      cells.add(row.text(metric));
      if (metric == Metric.TOP1) {
        cells.add(interval(row.top1()));
      }
    }
    cells.add(best ? "" : p(row.versusBest().pHolm()));
    cells.add(mark(best, row.tied(), row.chosenHere()));
    return cells;
  }

  /** Marks that a reader of a figure needs. */
  static String mark(boolean best, boolean tied, boolean chosenHere) {
    return Stream.of(best ? "best" : tied ? "tied" : "", chosenHere ? "chosen here" : "")
        .filter(word -> !word.isEmpty())
        .collect(Collectors.joining(", "));
  }

  /** Top-1 among the data's classes alone; empty where no network knows more. */
  static String ofInDataset(Report report) {
    if (report.bestInDataset() == null) {
      return "";
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        List.of("checkpoint", "in-dataset %", "95 %", "only this", "only best", "p (Holm)", ""));
    for (Row row : report.ranked()) {
      if (row.inDataset() != null) {
        boolean best = row.name().equals(report.bestInDataset());
        Comparison versus = row.standing().inDataset();
        lines.add(
            List.of(
                row.name().replace("|", "\\|"),
                percent(row.inDataset().rate()),
                interval(row.inDataset()),
                Long.toString(versus.onlyThis()),
                Long.toString(versus.onlyBest()),
                best ? "" : p(versus.pHolm()),
                mark(best, versus.tied(), row.chosenHere())));
      }
    }
    return "Among the data's classes alone, whatever else the networks know, against the best by this"
        + " figure:\n\n"
        + format(lines)
        + "\n";
  }

  static String interval(Proportion proportion) {
    return percent(proportion.low()) + "–" + percent(proportion.high());
  }

  /** Raw against averaged weights; empty where there is no pair. */
  static String ofPairs(Report report) {
    if (report.averaging().isEmpty()) {
      return "";
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("raw", "averaged", "epoch", "only raw", "only averaged", "p (Holm)"));
    for (Report.Pair pair : report.averaging()) {
      lines.add(
          List.of(
              pair.raw().replace("|", "\\|"),
              pair.averaged().replace("|", "\\|"),
              Integer.toString(pair.epoch()),
              Long.toString(pair.onlyRaw()),
              Long.toString(pair.onlyAveraged()),
              p(pair.pHolm())));
    }
    return "Raw against averaged weights, images that only one of them gets right:\n\n"
        + format(lines)
        + "\n";
  }

  /** Checkpoints dropped from a race; empty if there are none. */
  static String ofDropped(Report report) {
    if (report.dropped().isEmpty()) {
      return "";
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        List.of(
            "checkpoint",
            "epoch",
            "weights",
            "records",
            "Top-1 %",
            "beaten by",
            "only this",
            "only it",
            "log10 e"));
    for (Row row : report.dropped()) {
      Defeat partial = row.partial();
      lines.add(
          List.of(
              row.name().replace("|", "\\|"),
              Integer.toString(row.origin().epoch()),
              row.origin().weights(),
              Long.toString(row.records()),
              percent(row.top1().rate()),
              partial.beatenBy().replace("|", "\\|"),
              Long.toString(partial.onlyThis()),
              Long.toString(partial.onlyOther()),
              String.format(Locale.ROOT, "%.1f", partial.log10Evidence())));
    }
    return "Dropped early, beaten beyond doubt (partial: figures are of the first records"
        + " only):\n\n"
        + format(lines)
        + "\n";
  }

  /** Aligned columns; the first line is the header. */
  static String format(List<List<String>> lines) {
    List<String> header = lines.get(0);
    int[] widths =
        IntStream.range(0, header.size())
            .map(i -> lines.stream().mapToInt(line -> line.get(i).length()).max().orElse(0))
            .toArray();
    lines.add(1, rule(header, widths));
    return lines.stream().map(line -> format(line, header, widths)).collect(Collectors.joining());
  }

  private static String p(double p) {
    return String.format(Locale.ROOT, "%.2g", p);
  }

  static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.2f", 100 * fraction);
  }

  /** Markdown's second line; a colon at the end aligns numbers to the right. */
  private static List<String> rule(List<String> header, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(
            i ->
                "-".repeat(Math.max(1, widths[i] - 1)) + (TEXT.contains(header.get(i)) ? "-" : ":"))
        .toList();
  }

  private static String format(List<String> cells, List<String> header, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(
            i -> {
              String space = " ".repeat(Math.max(0, widths[i] - cells.get(i).length()));
              return TEXT.contains(header.get(i)) ? cells.get(i) + space : space + cells.get(i);
            })
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
