package ghostbeam.pipelines.report;

import ghostbeam.pipelines.verdict.Partial;
import ghostbeam.pipelines.verdict.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** {@code report.csv}: a line per checkpoint, columns named by their path in report.json. */
final class ReportCsv {
  private static final CSVFormat FORMAT =
      CSVFormat.Builder.create()
          .setRecordSeparator('\n')
          .setHeader(
              "name",
              "uri",
              "digest",
              "architecture",
              "weights",
              "epoch",
              "step",
              "records",
              "top1.correct",
              "top1.rate",
              "top1.low",
              "top1.high",
              "top5.correct",
              "top5.rate",
              "top5.low",
              "top5.high",
              "loss",
              "calibrationError",
              "preprocessing.inputSize",
              "preprocessing.cropFraction",
              "preprocessing.interpolation",
              "preprocessing.precision",
              "versusBest.onlyThis",
              "versusBest.onlyBest",
              "versusBest.p",
              "versusBest.pHolm",
              "tied",
              "parameters",
              "smoothedLoss",
              "notFinite",
              "trainedOn",
              "real.records",
              "real.correct",
              "real.rate",
              "real.low",
              "real.high",
              "partial.beatenBy",
              "partial.onlyThis",
              "partial.onlyOther",
              "partial.log10Evidence",
              "partial.log10Needed")
          .build();

  private ReportCsv() {}

  static String of(Report report) throws IOException {
    StringBuilder text = new StringBuilder();
    try (CSVPrinter csv = new CSVPrinter(text, FORMAT)) {
      for (Report.Row row : report.checkpoints()) {
        csv.printRecord(cells(row));
      }
    }
    return text.toString();
  }

  private static List<Object> cells(Report.Row row) {
    List<Object> cells = new ArrayList<>(figures(row));
    Report.Real real = row.real();
    cells.addAll(
        real == null
            ? Collections.nCopies(5, "")
            : List.of(real.records(), real.correct(), real.rate(), real.low(), real.high()));
    Partial partial = row.partial();
    cells.addAll(
        partial == null
            ? Collections.nCopies(5, "")
            : List.of(
                partial.beatenBy(),
                partial.onlyThis(),
                partial.onlyOther(),
                partial.log10Evidence(),
                partial.log10Needed()));
    return cells;
  }

  private static List<Object> figures(Report.Row row) {
    Report.VersusBest versus = row.versusBest();
    return List.of(
        row.name(),
        row.uri(),
        row.digest(),
        row.architecture(),
        row.weights(),
        row.epoch(),
        row.step(),
        row.records(),
        row.top1().correct(),
        row.top1().rate(),
        row.top1().low(),
        row.top1().high(),
        row.top5().correct(),
        row.top5().rate(),
        row.top5().low(),
        row.top5().high(),
        row.loss() == null ? "" : row.loss(),
        row.calibrationError() == null ? "" : row.calibrationError(),
        row.preprocessing().inputSize(),
        row.preprocessing().cropFraction(),
        row.preprocessing().interpolation(),
        row.preprocessing().precision(),
        versus == null ? "" : versus.onlyThis(),
        versus == null ? "" : versus.onlyBest(),
        versus == null ? "" : versus.p(),
        versus == null ? "" : versus.pHolm(),
        row.tied(),
        row.parameters(),
        row.smoothedLoss() == null ? "" : row.smoothedLoss(),
        row.notFinite(),
        row.trainedOn());
  }
}
