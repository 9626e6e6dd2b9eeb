package ghostbeam.pipelines.report;

import ghostbeam.model.scoring.Fraction;
import ghostbeam.model.scoring.Metric;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Validates a report.json before use: it may come from anybody, and its checkpoints' names become
 * file names.
 */
final class ReportValidation {
  private static final int LONGEST_NAME = 4096;

  private ReportValidation() {}

  /** Throws an {@link IllegalArgumentException} that says what is missing or invalid. */
  static void require(Report report) {
    require(report != null && report.dataset() != null, "it has no dataset");
    Report.Dataset data = report.dataset();
    require(noneNull(data.uri(), data.split(), data.digest()), "its dataset is not named");
    require(
        data.records() >= 0 && data.records() < Integer.MAX_VALUE,
        "its dataset has " + data.records() + " records");
    require(
        data.classes() != null && data.classes().stream().allMatch(Objects::nonNull),
        "its dataset has no classes");
    List<Row> rows = report.checkpoints();
    require(
        rows != null && rows.stream().anyMatch(row -> row != null && row.partial() == null),
        "it has no checkpoint that was scored in full");
    Set<String> names = new HashSet<>();
    for (Row row : rows) {
      require(row != null && row.name() != null, "a checkpoint has no name");
      require(isPlain(row.name()), "'" + shown(row.name()) + "' is not a checkpoint's name");
      require(names.add(row.name()), "checkpoint " + row.name() + " appears twice");
      require(hasAllFields(row), "the row of checkpoint " + row.name() + " is incomplete");
    }
  }

  private static boolean hasAllFields(Row row) {
    Report.Preprocessing view = row.preprocessing();
    Fraction real = row.figures().get(Metric.REAL);
    boolean named =
        noneNull(
            row.uri(),
            row.origin().digest(),
            row.origin().architecture(),
            row.origin().weights(),
            row.origin().trainedOn());
    boolean scored =
        noneNull(row.figures().get(Metric.TOP1), row.figures().get(Metric.TOP5)) && view != null;
    return named
        && scored
        && view.interpolation() != null
        && row.uri().indexOf('\0') < 0
        && (row.partial() == null || row.partial().beatenBy() != null)
        && (real == null || (real.number().signum() >= 0 && real.compareTo(Fraction.of(1)) <= 0));
  }

  /** Whether no part between slashes is empty or leads out of the folder. */
  private static boolean isPlain(String name) {
    return name.length() <= LONGEST_NAME
        && name.chars().noneMatch(c -> Character.isISOControl(c) || c == '\\')
        && Arrays.stream(name.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  private static String shown(String name) {
    String start = name.length() > 80 ? name.substring(0, 80) + "…" : name;
    return start.replaceAll("\\p{Cntrl}", "?");
  }

  private static boolean noneNull(Object... values) {
    return Arrays.stream(values).allMatch(Objects::nonNull);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
