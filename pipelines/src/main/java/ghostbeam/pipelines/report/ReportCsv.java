package ghostbeam.pipelines.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.inference.ModuleInput;
import ghostbeam.model.scoring.Metric;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.pipelines.verdict.TestSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * {@code report.csv}: a line per checkpoint, columns named by their path in report.json. Where
 * there are several test sets, each has further columns, and checkpoints that only later sets have
 * come last.
 */
final class ReportCsv {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> COLUMNS = columns();

  /** The columns of each test set, if there are several. */
  private static final List<String> SCORE = scoreColumns();

  private ReportCsv() {}

  static String of(Report report) throws IOException {
    TestSets sets = report.testSets();
    List<String> header = new ArrayList<>(COLUMNS);
    if (sets != null) {
      sets.sets().forEach(set -> SCORE.forEach(column -> header.add(set.name() + ":" + column)));
    }
    CSVFormat format =
        CSVFormat.Builder.create()
            .setRecordSeparator('\n')
            .setHeader(header.toArray(String[]::new))
            .build();
    StringBuilder text = new StringBuilder();
    try (CSVPrinter csv = new CSVPrinter(text, format)) {
      for (Row row : report.checkpoints()) {
        List<String> line = cells(JSON.valueToTree(row), COLUMNS);
        if (sets != null) {
          sets.of(row).ifPresent(entry -> addScores(line, entry));
        }
        csv.printRecord(padded(line, header.size()));
      }
      if (sets != null) {
        for (TestSets.Entry entry : sets.onlyLater()) {
          List<String> line = cells(JSON.valueToTree(entry), COLUMNS);
          addScores(line, entry);
          csv.printRecord(line);
        }
      }
    }
    return text.toString();
  }

  private static void addScores(List<String> line, TestSets.Entry entry) {
    entry.scores().forEach(score -> line.addAll(cells(JSON.valueToTree(score), SCORE)));
  }

  private static List<String> padded(List<String> line, int columns) {
    line.addAll(Collections.nCopies(columns - line.size(), ""));
    return line;
  }

  private static List<String> cells(JsonNode json, List<String> columns) {
    return new ArrayList<>(columns.stream().map(column -> cell(json, column)).toList());
  }

  private static String cell(JsonNode row, String column) {
    JsonNode value = row.at("/" + column.replace('.', '/'));
    return value.isNull() ? "" : value.asText();
  }

  private static List<String> columns() {
    List<String> columns = new ArrayList<>();
    columns.addAll(List.of("name", "uri", "digest", "architecture", "weights", "epoch", "step"));
    Row.SCORES.forEach(metric -> add(columns, metric));
    add(columns, "preprocessing", "inputSize", "cropFraction", "interpolation", "precision");
    columns.add("preprocessing.batchSize");
    // Planes have every setting that any input has.
    ModuleInput.Planes.IMAGENET
        .settings()
        .keySet()
        .forEach(setting -> columns.add("preprocessing.module." + setting));
    add(columns, "versusBest", "onlyThis", "onlyBest", "p", "pHolm");
    add(columns, "versusBestInDataset", "onlyThis", "onlyBest", "p", "pHolm");
    columns.add("tied");
    Row.DETAILS.forEach(metric -> add(columns, metric));
    columns.add("trainedOn");
    add(columns, "meanOf", "checkpoints", "chosenOnThisSplit");
    add(columns, "moduleClasses", "uri", "digest");
    add(columns, Metric.REAL);
    add(columns, "partial", "beatenBy", "onlyThis", "onlyOther", "log10Evidence", "log10Needed");
    return List.copyOf(columns);
  }

  private static List<String> scoreColumns() {
    List<String> columns = new ArrayList<>();
    add(columns, Metric.TOP1);
    columns.add("tied");
    add(columns, Metric.TOP1_IN_DATASET);
    columns.add("tiedInDataset");
    columns.add("chosenOnThisSplit");
    add(columns, "drop", "rate", "low", "high");
    return List.copyOf(columns);
  }

  private static void add(List<String> columns, Metric metric) {
    switch (metric.form()) {
      case PROPORTION -> add(columns, metric.key(), "correct", "rate", "low", "high");
      case PROPORTION_OF_SOME ->
          add(columns, metric.key(), "records", "correct", "rate", "low", "high");
      case SHARE, NATS, COUNT -> columns.add(metric.key());
    }
  }

  private static void add(List<String> columns, String key, String... parts) {
    Stream.of(parts).map(part -> key + "." + part).forEach(columns::add);
  }
}
