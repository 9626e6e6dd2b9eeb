package ghostbeam.pipelines.evaluate;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.report.EvaluationFolder;
import ghostbeam.pipelines.report.ReportJob;
import ghostbeam.pipelines.verdict.Entrant;
import ghostbeam.pipelines.verdict.Gate;
import ghostbeam.pipelines.verdict.RealLabels;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.transforms.evaluation.Candidate;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.storage.RunLock;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores all checkpoints on all records, in one pass where memory holds them, and writes their
 * report. In a race those that are beaten beyond doubt are dropped before the end.
 *
 * <p>Byte-identical checkpoint files, such as {@code best} and the epoch it was, are scored once
 * and reported under each of their names.
 */
public final class EvaluatePipeline {
  private EvaluatePipeline() {}

  /**
   * Runs the job, prints its table and where the report is.
   *
   * @throws UsageException where a flag is missing or cannot be, or the output exists
   * @throws IOException where data or checkpoints are missing, damaged, or do not fit each other,
   *     or another run writes into the output
   * @throws IllegalStateException where a record was scored twice or not at all
   * @throws ghostbeam.pipelines.cli.QualityGateException where the best misses a rule, after all is
   *     written
   */
  public static void run(EvaluateOptions options, PrintStream out) throws IOException {
    EvaluateRequest request = EvaluateRequest.of(options);
    Gate asked = Gate.of(options);
    Launch.prepare(options);
    EvaluationFolder output = new EvaluationFolder(BeamStorage.INSTANCE, request.output());
    RunLock.holding(output.lock(), () -> evaluate(options, request, asked, output, out));
  }

  private static void evaluate(
      EvaluateOptions options,
      EvaluateRequest request,
      Gate asked,
      EvaluationFolder output,
      PrintStream out)
      throws IOException {
    output.requireFree(request.overwrite());
    Storage storage = output.storage();
    Manifest manifest = Manifest.read(storage, request.data(), request.split());
    if (manifest.records() == 0) {
      throw new IOException(
          request.data() + ", split " + request.split() + ", has no records to score");
    }
    List<String> files = CheckpointFiles.find(storage, request.checkpoints());
    List<Contender> contenders = Contender.read(storage, files, request, manifest);
    Report.Dataset data = dataset(request, manifest);
    RealLabels realLabels = RealLabels.of(storage, options, data);
    String realDigest = realLabels == null ? null : realLabels.digest();
    Gate gate =
        asked.resolve(
            contenders.stream().map(Contender::name).toList(),
            manifest.digest(),
            realDigest,
            path -> EvaluationFolder.readReport(storage, path));
    Map<String, Candidate> distinct = distinct(contenders, Launch.slotsPerWorker(options));
    List<Candidate> candidates = List.copyOf(distinct.values());
    List<Entrant> entrants = new ArrayList<>();
    try (Passes passes = new Passes(options, storage, request, manifest)) {
      out.printf(
          "Scoring %d checkpoints (%d distinct files) on %d records of %s, split %s: %s%n",
          contenders.size(),
          candidates.size(),
          manifest.records(),
          request.data(),
          request.split(),
          passes.describe(candidates));
      output.clear();
      Scores scores =
          request.race()
              ? Scores.race(
                  passes, candidates, manifest.records(), kept(asked, contenders, distinct), out)
              : Scores.exact(passes, candidates, manifest.records());
      scores.requireLabelsOf(manifest);
      for (Contender contender : contenders) {
        String scoredAs = distinct.get(contender.content()).name();
        entrants.add(
            contender.scored(
                scores.tallies().get(scoredAs),
                request.batchSize(),
                scores.defeats().get(scoredAs)));
      }
    }
    Report report =
        output.write(
            data, realLabels == null ? entrants : realLabels.count(entrants), realDigest, gate);
    ReportJob.announce(output, report, out);
    Gate.require(report);
  }

  /** What the gate compares with is needed to the end. */
  private static List<String> kept(
      Gate gate, List<Contender> contenders, Map<String, Candidate> distinct) {
    return contenders.stream()
        .filter(contender -> contender.name().equals(gate.baseline()))
        .map(contender -> distinct.get(contender.content()).name())
        .toList();
  }

  /** One candidate per file content and precision, under the name of its first file. */
  private static Map<String, Candidate> distinct(List<Contender> contenders, int slots) {
    Map<String, Candidate> distinct = new LinkedHashMap<>();
    contenders.forEach(c -> distinct.putIfAbsent(c.content(), c.candidate(slots)));
    return distinct;
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
