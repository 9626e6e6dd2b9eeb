package ghostbeam.pipelines.report;

import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.page.ClassTitles;
import ghostbeam.pipelines.verdict.Gate;
import ghostbeam.pipelines.verdict.Leaderboard;
import ghostbeam.pipelines.verdict.OtherLabels;
import ghostbeam.pipelines.verdict.RealLabels;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Rounding;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.pipelines.verdict.TestSets;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.storage.RunLock;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;

/**
 * Joins evaluations into one report, from their tallies: nothing is scored again. Those of the same
 * dataset make one leaderboard; where there are several datasets, the report is of the first, with
 * a table of checkpoints by test sets.
 */
public final class ReportJob {
  private ReportJob() {}

  /**
   * Joins evaluations and prints the table and the report's location.
   *
   * @throws UsageException if a flag is missing or invalid
   * @throws IOException if an evaluation is missing, damaged or of a dataset that was rewritten,
   *     the output holds a report, or another run is writing to it
   * @throws ghostbeam.pipelines.cli.QualityGateException if the best checkpoint misses a rule,
   *     after everything is written
   */
  public static void run(ReportOptions options, PrintStream out) throws IOException {
    FileSystems.setDefaultPipelineOptions(options);
    List<String> folders = folders(options.getEvaluations());
    Storage storage = BeamStorage.INSTANCE;
    EvaluationFolder output =
        new EvaluationFolder(storage, Launch.place("output", options.getOutput()));
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
    List<JoinedSet> sets = JoinedSet.read(storage, folders);
    JoinedSet first = sets.get(0);
    ClassTitles titles = ClassTitles.of(storage, options, first.data());
    List<Row> rows = first.rows();
    List<String> names = rows.stream().filter(Row::complete).map(Row::name).sorted().toList();
    RealLabels realLabels = RealLabels.of(storage, options, first.data());
    String digest = realLabels == null ? first.realLabels() : realLabels.digest();
    gate.requireInDataset(rows.stream().anyMatch(row -> row.inDataset() != null));
    Gate resolved =
        gate.resolve(
            names,
            first.data().digest(),
            digest,
            path -> EvaluationFolder.readReport(storage, path));
    Report ranked =
        sets.size() == 1
            ? ranked(first, realLabels)
            : sideBySide(JoinedSet.byName(sets), first, realLabels);
    output.clear();
    Report report = output.write(ranked, resolved, titles);
    announce(output, report, out);
    Gate.require(report);
  }

  /** Keeps ReaL figures only if all were counted by the same labels; others are not comparable. */
  private static Report ranked(JoinedSet set, RealLabels labels) {
    List<Row> rows =
        labels != null
            ? labels.count(set.rows())
            : set.realLabels() == null
                ? set.rows().stream().map(row -> row.withReal(null)).toList()
                : set.rows();
    String digest = labels == null ? set.realLabels() : labels.digest();
    return Leaderboard.of(set.data(), rows, digest, Report.Software.current());
  }

  /** The report of the first set, with a table of all sets. */
  private static Report sideBySide(
      Map<String, JoinedSet> sets, JoinedSet first, RealLabels labelsOfFirst) {
    Map<String, Report> reports = new LinkedHashMap<>();
    sets.forEach(
        (name, set) -> reports.put(name, ranked(set, set.equals(first) ? labelsOfFirst : null)));
    return reports.values().iterator().next().with(TestSets.of(reports));
  }

  /** Prints a report's tables and its location. */
  public static void announce(EvaluationFolder folder, Report report, PrintStream out) {
    out.print(ReportTable.of(report));
    out.print(ReportTable.ofDropped(report));
    if (report.testSets() != null) {
      out.print(SetsTable.scores(report.testSets()));
      report.testSets().remarks().forEach(out::println);
    }
    for (OtherLabels other : report.otherLabels()) {
      out.println("Warning: " + other.sentence());
    }
    if (!report.chosenHere().isEmpty()) {
      out.println("Warning: " + report.chosenHere());
    }
    if (!report.numbered().isEmpty()) {
      out.println(report.numbered());
    }
    for (Rounding pair : report.rounding()) {
      out.printf(
          "bf16 changes %s of %d predictions of %s%n",
          pair.count(), report.dataset().records(), pair.float32());
    }
    for (Report.Rule rule : report.gate().rules()) {
      out.printf("Gate: %s %s%n", rule.rule(), rule.passed() ? "met" : "NOT MET");
    }
    out.println("Report: " + folder.report());
    out.println("To read: " + folder.page());
  }

  /** Absolute, since their parts become names in the report and a dot is not a name. */
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
}
