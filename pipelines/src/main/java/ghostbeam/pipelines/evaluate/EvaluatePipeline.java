package ghostbeam.pipelines.evaluate;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.page.ClassTitles;
import ghostbeam.pipelines.report.EvaluationFolder;
import ghostbeam.pipelines.report.ReportJob;
import ghostbeam.pipelines.verdict.Gate;
import ghostbeam.pipelines.verdict.Leaderboard;
import ghostbeam.pipelines.verdict.RealLabels;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.transforms.evaluation.Candidate;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.storage.RunLock;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * Scores all checkpoints on all records, in one pass if they fit in memory, and writes their
 * report. A race drops checkpoints early, once they are beaten beyond doubt.
 *
 * <p>Byte-identical checkpoint files, such as {@code best} and the epoch it is a copy of, are
 * scored once and reported under each name.
 */
public final class EvaluatePipeline {
  private EvaluatePipeline() {}

  /**
   * Runs the job and prints its table and the report's location.
   *
   * @throws UsageException if a flag is missing or invalid
   * @throws IOException if data or checkpoints are missing, damaged or do not fit each other, the
   *     output holds a report, or another run is writing to it
   * @throws IllegalStateException if a record was scored twice or not at all
   * @throws ghostbeam.pipelines.cli.QualityGateException if the best checkpoint misses a rule,
   *     after everything is written
   */
  public static void run(EvaluateOptions options, PrintStream out) throws IOException {
    EvaluateRequest request = EvaluateRequest.of(options);
    Gate unresolved = Gate.of(options);
    Launch.prepare(options);
    EvaluationFolder output = new EvaluationFolder(BeamStorage.INSTANCE, request.output());
    RunLock.holding(output.lock(), () -> evaluate(options, request, unresolved, output, out));
  }

  private static void evaluate(
      EvaluateOptions options,
      EvaluateRequest request,
      Gate unresolved,
      EvaluationFolder output,
      PrintStream out)
      throws IOException {
    output.requireFree(request.overwrite());
    Storage storage = output.storage();
    Manifest manifest = manifest(storage, request);
    List<String> files = CheckpointFiles.find(storage, request.checkpoints());
    Candidates candidates =
        Candidates.read(storage, files, request, manifest, Launch.slotsPerWorker(options));
    List<Candidate> distinct = candidates.distinct();
    Report.Dataset data = dataset(request, manifest);
    ClassTitles titles = ClassTitles.of(storage, options, data);
    RealLabels realLabels = RealLabels.of(storage, options, data);
    String realDigest = realLabels == null ? null : realLabels.digest();
    unresolved.requireInDataset(candidates.knowMoreThan(manifest.classes()));
    Gate gate =
        unresolved.resolve(
            candidates.names(),
            manifest.digest(),
            realDigest,
            path -> EvaluationFolder.readReport(storage, path));
    Scores scores;
    try (Passes passes = new Passes(options, storage, request, manifest)) {
      out.printf(
          "Scoring %d checkpoints (%d distinct files) on %d records of %s, split %s: %s%n",
          candidates.infos().size(),
          distinct.size(),
          manifest.records(),
          request.data(),
          request.split(),
          passes.describe(distinct));
      output.clear();
      // The gate's baseline must not be dropped from a race.
      List<String> kept = candidates.scoredAs(unresolved.baseline());
      scores =
          request.scoring().race()
              ? Scores.race(passes, distinct, manifest.records(), kept, out)
              : Scores.exact(passes, distinct, manifest.records());
    }
    scores.requireLabelsOf(manifest);
    if (request.scoring().predictions()) {
      for (Map.Entry<String, String> copy : candidates.copies().entrySet()) {
        storage.concatenate(
            List.of(output.predictions(copy.getValue())), output.predictions(copy.getKey()));
      }
    }
    List<Row> rows = candidates.rows(scores, manifest, request.scoring().batchSize());
    List<Row> counted = realLabels == null ? rows : realLabels.count(rows);
    Report ranked = Leaderboard.of(data, counted, realDigest, Report.Software.current());
    Report report = output.write(ranked, gate, titles);
    ReportJob.announce(output, report, out);
    Gate.require(report);
  }

  /** The manifest of the data to score, which must have records. */
  static Manifest manifest(Storage storage, EvaluateRequest request) throws IOException {
    Manifest manifest = Manifest.read(storage, request.data(), request.split());
    if (manifest.records() == 0) {
      throw new IOException(
          request.data() + ", split " + request.split() + ", has no records to score");
    }
    return manifest;
  }

  private static Report.Dataset dataset(EvaluateRequest request, Manifest manifest) {
    return new Report.Dataset(
        request.data(),
        manifest.split(),
        manifest.digest(),
        manifest.records(),
        manifest.classes());
  }
}
