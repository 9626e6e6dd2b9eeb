package ghostbeam.pipelines.evaluate;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.remote.AttachedJob;
import ghostbeam.pipelines.report.EvaluationFolder;
import ghostbeam.pipelines.watch.ProgressTicker;
import ghostbeam.transforms.evaluation.Candidate;
import ghostbeam.transforms.evaluation.RecordRange;
import ghostbeam.transforms.evaluation.ScoreCheckpoints;
import ghostbeam.transforms.evaluation.ScoredImages;
import ghostbeam.transforms.evaluation.WriteTallies;
import ghostbeam.transforms.prediction.WritePredictions;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;

/**
 * Scores candidates on records pass by pass: a pass is one job with as many candidates as memory
 * holds, in which each image is decoded once. Weights stay in memory between passes if there is
 * room, until it is closed.
 */
record Passes(EvaluateOptions options, Storage storage, EvaluateRequest request, Manifest manifest)
    implements AutoCloseable {
  /**
   * Candidates by pass, in order; each pass has as many as fit in memory.
   *
   * @throws UsageException if a candidate does not fit by itself
   */
  static List<List<Candidate>> plan(List<Candidate> candidates, long memoryBytes) {
    List<List<Candidate>> passes = new ArrayList<>();
    long free = 0;
    for (Candidate candidate : candidates) {
      if (candidate.memoryBytes() > memoryBytes) {
        throw new UsageException(
            "--modelMemory is %s, but %s alone takes %s in all slots; raise it, or use fewer slots"
                .formatted(
                    mebibytes(memoryBytes), candidate.name(), mebibytes(candidate.memoryBytes())));
      }
      if (passes.isEmpty() || candidate.memoryBytes() > free) {
        passes.add(new ArrayList<>());
        free = memoryBytes;
      }
      passes.get(passes.size() - 1).add(candidate);
      free -= candidate.memoryBytes();
    }
    return passes;
  }

  /** A number of records, rounded up to whole batches. */
  long wholeBatches(long records) {
    long batch = request.scoring().batchSize();
    return (records + batch - 1) / batch * batch;
  }

  /** Such as {@code 1 pass, 909 MiB of weights}. */
  String describe(List<Candidate> candidates) {
    int passes = plan(candidates, request.scoring().memoryBytes()).size();
    long bytes = candidates.stream().mapToLong(Candidate::memoryBytes).sum();
    return passes == 1
        ? "1 pass, %s of weights".formatted(mebibytes(bytes))
        : "%d passes, since %s of weights do not fit in --modelMemory of %s"
            .formatted(passes, mebibytes(bytes), mebibytes(request.scoring().memoryBytes()));
  }

  private static String mebibytes(long bytes) {
    return (bytes + (1 << 20) - 1) / (1 << 20) + " MiB";
  }

  /** Scores candidates and writes their tallies; returns the tallies by candidate name. */
  Map<String, Tally> score(List<Candidate> candidates, RecordRange records) throws IOException {
    List<List<Candidate>> passes = plan(candidates, request.scoring().memoryBytes());
    Map<String, Tally> tallies = new LinkedHashMap<>();
    EvaluationFolder output = output();
    int number = 0;
    for (List<Candidate> pass : passes) {
      number++;
      ScoreCheckpoints scoring =
          ScoreCheckpoints.of(storage, request.data(), manifest, pass)
              .withRecords(records)
              .withBatchSize(request.scoring().batchSize())
              .withModelMemory(request.scoring().memoryBytes());
      if (request.scoring().predictions()) {
        scoring = scoring.withPredictions(WritePredictions.to(storage, output::predictions));
      }
      if (Launch.isInThisProcess(options)) {
        scoring.loadAhead();
      }
      long images = records.to() - records.from();
      String part = passes.size() == 1 ? "" : "pass %d of %d".formatted(number, passes.size());
      ProgressTicker ticker = ProgressTicker.start(part, "images", probe(images));
      Closeable parts = output::deletePredictionParts;
      try (parts) { // if the job fails, its failure is the one to report
        Pipeline pipeline = Pipeline.create(options);
        pipeline
            .apply("ScoreCheckpoints", scoring)
            .apply("WriteTallies", WriteTallies.to(storage, output::tally));
        Launch.run(pipeline, "evaluate " + request.output());
      } finally {
        ticker.close();
      }
      for (Candidate candidate : pass) {
        tallies.put(candidate.name(), output.readTally(candidate.name()));
      }
    }
    return tallies;
  }

  /** Counts the images scored so far; on a cluster, those handed out to slots. */
  private ProgressTicker.Probe probe(long total) {
    long before = ScoredImages.count();
    return Launch.isInThisProcess(options)
        ? () -> new ProgressTicker.Count(ScoredImages.count() - before, total)
        : () ->
            new ProgressTicker.Count(
                AttachedJob.emittedElements() * request.scoring().batchSize(), total);
  }

  private EvaluationFolder output() {
    return new EvaluationFolder(storage, request.output());
  }

  @Override
  public void close() {
    ScoreCheckpoints.freeWeights();
  }
}
