package ghostbeam.pipelines.page;

import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Command lines that score a report's checkpoints again. They are made from what the report says
 * and not from what was typed, so that joined evaluations have them too and the same scores give
 * the same page wherever it is written to.
 */
final class ScoringCommand {
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  private ScoringCommand() {}

  /** One line for each way of seeing images, in order of the ranking. */
  static List<String> of(Report report) {
    Map<Report.Preprocessing, List<Row>> byView =
        report.checkpoints().stream()
            .collect(
                Collectors.groupingBy(Row::preprocessing, LinkedHashMap::new, Collectors.toList()));
    return byView.entrySet().stream()
        .map(view -> line(report.dataset(), view.getKey(), view.getValue()))
        .toList();
  }

  private static String line(Report.Dataset data, Report.Preprocessing view, List<Row> rows) {
    String files = rows.stream().map(Row::uri).distinct().sorted().collect(Collectors.joining(","));
    List<String> words = new ArrayList<>();
    words.add("./run evaluate");
    words.add(quoted("--data=" + data.uri()));
    words.add(quoted("--split=" + data.split()));
    words.add(quoted("--checkpoints=" + files));
    words.add("--inputSize=" + view.inputSize());
    words.add("--cropFraction=" + view.cropFraction());
    words.add(quoted("--interpolation=" + view.interpolation()));
    if (view.module() == null) {
      words.add("--precision=" + view.precision());
    } else {
      view.module().forEach((setting, value) -> words.add(quoted("--" + setting + "=" + value)));
    }
    if (view.batchSize() != null) {
      words.add("--batchSize=" + view.batchSize());
    }
    if (rows.stream().anyMatch(row -> row.partial() != null)) {
      words.add("--race");
    }
    words.add("--output=report");
    return String.join(" \\\n  ", words);
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
