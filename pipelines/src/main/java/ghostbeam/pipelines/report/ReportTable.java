package ghostbeam.pipelines.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The leaderboard as an aligned Markdown table: readable on a terminal and in a pull request. */
final class ReportTable {
  private static final List<String> HEADER =
      List.of(
          "checkpoint", "epoch", "weights", "Top-1 %", "95 %", "Top-5 %", "loss", "p (Holm)", "");
  private static final int NAME = 0;
  private static final int WEIGHTS = 2;
  private static final int MARK = 8;

  private ReportTable() {}

  static String of(Report report) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEADER);
    for (Report.Row row : report.checkpoints()) {
      lines.add(cells(row, row.name().equals(report.best())));
    }
    int[] widths =
        IntStream.range(0, HEADER.size())
            .map(i -> lines.stream().mapToInt(line -> line.get(i).length()).max().orElse(0))
            .toArray();
    lines.add(1, rule(widths));
    return lines.stream().map(line -> format(line, widths)).collect(Collectors.joining());
  }

  private static List<String> cells(Report.Row row, boolean best) {
    return List.of(
        row.name().replace("|", "\\|"),
        Integer.toString(row.epoch()),
        row.weights(),
        percent(row.top1().rate()),
        percent(row.top1().low()) + "–" + percent(row.top1().high()),
        percent(row.top5().rate()),
        row.loss() == null ? "not finite" : String.format(Locale.ROOT, "%.4f", row.loss()),
        best ? "" : String.format(Locale.ROOT, "%.2g", row.versusBest().pHolm()),
        best ? "best" : row.tied() ? "tied" : "");
  }

  static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.2f", 100 * fraction);
  }

  /** Markdown's second line; a colon at the end aligns numbers to the right. */
  private static List<String> rule(int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(i -> "-".repeat(Math.max(1, widths[i] - 1)) + (isText(i) ? "-" : ":"))
        .toList();
  }

  private static String format(List<String> cells, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(
            i -> {
              String space = " ".repeat(Math.max(0, widths[i] - cells.get(i).length()));
              return isText(i) ? cells.get(i) + space : space + cells.get(i);
            })
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static boolean isText(int column) {
    return column == NAME || column == WEIGHTS || column == MARK;
  }
}
