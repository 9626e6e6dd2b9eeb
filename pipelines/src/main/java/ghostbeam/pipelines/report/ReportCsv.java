package ghostbeam.pipelines.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.scoring.Metric;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** {@code report.csv}: a line per checkpoint, columns named by their path in report.json. */
final class ReportCsv {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> COLUMNS = columns();

  private ReportCsv() {}

  static String of(Report report) throws IOException {
    CSVFormat format =
        CSVFormat.Builder.create()
            .setRecordSeparator('\n')
            .setHeader(COLUMNS.toArray(String[]::new))
            .build();
    StringBuilder text = new StringBuilder();
    try (CSVPrinter csv = new CSVPrinter(text, format)) {
      for (Row row : report.checkpoints()) {
        JsonNode json = JSON.valueToTree(row);
        csv.printRecord(COLUMNS.stream().map(column -> cell(json, column)).toList());
      }
    }
    return text.toString();
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
    add(columns, "versusBest", "onlyThis", "onlyBest", "p", "pHolm");
    columns.add("tied");
    Row.DETAILS.forEach(metric -> add(columns, metric));
    columns.add("trainedOn");
    add(columns, Metric.REAL);
    add(columns, "partial", "beatenBy", "onlyThis", "onlyOther", "log10Evidence", "log10Needed");
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
