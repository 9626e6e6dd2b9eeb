package ghostbeam.pipelines.report;

import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.verdict.Gate;
import ghostbeam.pipelines.verdict.OtherLabels;
import ghostbeam.pipelines.verdict.RealLabels;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Rounding;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.storage.RunLock;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;

/**
 * Joins evaluations of the same dataset into one report, from their tallies: nothing is scored
 * again.
 */
public final class ReportJob {
  private ReportJob() {}

  /**
   * Joins, prints the table and where the report is.
   *
   * @throws UsageException where a flag is missing or the output exists
   * @throws IOException where an evaluation is missing, damaged or of another dataset, or another
   *     run writes into the output
   * @throws ghostbeam.pipelines.cli.QualityGateException where the best misses a rule, after all is
   *     written
   */
  public static void run(ReportOptions options, PrintStream out) throws IOException {
    FileSystems.setDefaultPipelineOptions(options);
    List<String> folders = folders(options.getEvaluations());
    if (options.getOutput() == null || options.getOutput().isBlank()) {
      throw new UsageException("--output is missing; it takes the folder for the joined report");
    }
    Storage storage = BeamStorage.INSTANCE;
    EvaluationFolder output = new EvaluationFolder(storage, Launch.absolute(options.getOutput()));
    RunLock.holding(output.lock(), () -> join(options, folders, storage, output, out));
  }

  private static void join(
      ReportOptions options,
      List<String> folders,
      Storage storage,
      EvaluationFolder output,
      PrintStream out)
      throws IOException {
    output.requireFree(options.isOverwrite());
    Gate gate = Gate.of(options);
    List<Report> reports = new ArrayList<>();
    Map<String, List<Row>> byFolder = new LinkedHashMap<>();
    for (String folder : folders) {
      EvaluationFolder evaluation = new EvaluationFolder(storage, folder);
      Report report = evaluation.readReport();
      reports.add(report);
      requireSame(reports.get(0).dataset(), folders.get(0), report.dataset(), folder);
      byFolder.put(folder, evaluation.readRows(report));
    }
    List<Row> rows = JoinedRows.of(byFolder);
    Report.Dataset data = reports.get(0).dataset();
    List<String> names = rows.stream().filter(Row::complete).map(Row::name).sorted().toList();
    RealLabels realLabels = RealLabels.of(storage, options, data);
    String digest = realLabels == null ? sharedLabels(reports) : realLabels.digest();
    gate.requireInDataset(rows.stream().anyMatch(row -> row.inDataset() != null));
    Gate resolved =
        gate.resolve(
            names, data.digest(), digest, path -> EvaluationFolder.readReport(storage, path));
    if (realLabels != null) {
      rows = realLabels.count(rows);
    } else if (digest == null) {
      rows = rows.stream().map(row -> row.withReal(null)).toList();
    }
    output.clear();
    Report report = output.write(data, rows, digest, resolved);
    announce(output, report, out);
    Gate.require(report);
  }

  /** Figures by different ReaL labels do not compare: they are kept only where all are by one. */
  private static String sharedLabels(List<Report> reports) {
    String first = reports.get(0).realLabels();
    return reports.stream().allMatch(report -> Objects.equals(report.realLabels(), first))
        ? first
        : null;
  }

  /** Prints the table of a report and where it lies. */
  public static void announce(EvaluationFolder folder, Report report, PrintStream out) {
    out.print(ReportTable.of(report));
    out.print(ReportTable.ofDropped(report));
    for (OtherLabels other : report.otherLabels()) {
      out.println("Beware: " + other.sentence());
    }
    if (!report.numbered().isEmpty()) {
      out.println(report.numbered());
    }
    for (Rounding pair : report.rounding()) {
      out.printf(
          "bf16 changes %d of %d predictions of %s%n",
          pair.changed(), report.dataset().records(), pair.float32());
    }
    for (Report.Rule rule : report.gate().rules()) {
      out.printf("Gate: %s %s%n", rule.rule(), rule.passed() ? "met" : "NOT MET");
    }
    out.println("Report: " + folder.report());
    out.println("To read: " + folder.page());
  }

  /** Absolute: their parts become names in the report, and a dot is no name. */
  private static List<String> folders(String evaluations) {
    String given = evaluations == null ? "" : evaluations;
    List<String> folders =
        (Launch.isOnePath(given) ? Stream.of(given) : Arrays.stream(given.split(",")))
            .map(String::strip)
            .filter(folder -> !folder.isEmpty())
            .map(Launch::absolute)
            .distinct()
            .toList();
    if (folders.isEmpty()) {
      throw new UsageException(
          "--evaluations is missing; it takes folders of finished evaluations, comma-separated");
    }
    return folders;
  }

  private static void requireSame(
      Report.Dataset expected, String first, Report.Dataset found, String folder)
      throws IOException {
    if (!expected.digest().equals(found.digest())) {
      throw new IOException(
          "%s is of another dataset (%s) than %s (%s); join evaluations of the same digest only"
              .formatted(folder, found.digest(), first, expected.digest()));
    }
  }
}
