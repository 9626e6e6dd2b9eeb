package ghostbeam.pipelines.page;

import static ghostbeam.pipelines.cli.ShellWord.quoted;

import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Command lines that score a report's checkpoints again. They are derived from the report, not from
 * the command that was typed, so that joined evaluations have them too and equal scores give equal
 * pages wherever they are written.
 */
final class ScoringCommand {
  private ScoringCommand() {}

  /** The flags that all checkpoints of one command line share. */
  private record Flags(Report.Preprocessing view, Report.ClassFile moduleClasses) {
    static Flags of(Row row) {
      return new Flags(row.preprocessing(), row.origin().moduleClasses());
    }
  }

  /** One command for each way of preparing images, in ranking order. */
  static List<String> of(Report report) {
    Map<Flags, List<Row>> byFlags =
        report.checkpoints().stream()
            .collect(Collectors.groupingBy(Flags::of, LinkedHashMap::new, Collectors.toList()));
    return byFlags.entrySet().stream()
        .map(flags -> line(report.dataset(), flags.getKey(), flags.getValue()))
        .toList();
  }

  private static String line(Report.Dataset data, Flags flags, List<Row> rows) {
    Report.Preprocessing view = flags.view;
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
    if (flags.moduleClasses != null) {
      words.add(quoted("--moduleClasses=" + flags.moduleClasses.uri()));
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
}
