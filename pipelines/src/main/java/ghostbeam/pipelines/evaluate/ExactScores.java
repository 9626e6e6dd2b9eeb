package ghostbeam.pipelines.evaluate;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.transforms.evaluation.Candidate;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What checkpoint files score on all records of a split, as {@code evaluate} counts it, for whoever
 * has to choose among them. Weights stay in memory between questions until it is closed.
 */
public final class ExactScores implements AutoCloseable {
  private final Passes passes;

  /**
   * Of the options' data and split.
   *
   * @param options whose output is a folder that takes tallies
   * @throws ghostbeam.pipelines.cli.UsageException for a flag that is missing or cannot be
   * @throws IOException where there is no such dataset, or one without records
   */
  public ExactScores(EvaluateOptions options) throws IOException {
    Storage storage = BeamStorage.INSTANCE;
    EvaluateRequest request = EvaluateRequest.of(options);
    Manifest manifest = EvaluatePipeline.manifest(storage, request);
    this.passes = new Passes(options, storage, request, manifest);
  }

  /** What is scored on. */
  public Manifest manifest() {
    return passes.manifest();
  }

  /**
   * The tallies of files, no two of one content, in their order.
   *
   * @throws IOException where one is damaged or has other classes than the data
   */
  public List<Tally> of(List<String> files) throws IOException {
    int slots = Launch.slotsPerWorker(passes.options());
    Candidates candidates =
        Candidates.read(BeamStorage.INSTANCE, files, passes.request(), manifest(), slots);
    List<Candidate> scored = candidates.distinct();
    Scores scores = Scores.exact(passes, scored, manifest().records());
    scores.requireLabelsOf(manifest());
    Map<String, Tally> byName = scores.tallies();
    List<Tally> tallies = new ArrayList<>();
    scored.forEach(candidate -> tallies.add(byName.get(candidate.name())));
    return tallies;
  }

  @Override
  public void close() {
    passes.close();
  }
}
