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
 * Scores checkpoint files on all records of a split, exactly as {@code evaluate} does, for callers
 * that choose among them. Weights stay in memory between calls until it is closed.
 */
public final class ExactScores implements AutoCloseable {
  private final Passes passes;

  /**
   * Scores on the options' data and split.
   *
   * @param options of {@code evaluate}; tallies are written to their output folder
   * @throws ghostbeam.pipelines.cli.UsageException for a missing or invalid flag
   * @throws IOException if the dataset does not exist or has no records
   */
  public ExactScores(EvaluateOptions options) throws IOException {
    Storage storage = BeamStorage.INSTANCE;
    EvaluateRequest request = EvaluateRequest.of(options);
    Manifest manifest = EvaluatePipeline.manifest(storage, request);
    this.passes = new Passes(options, storage, request, manifest);
  }

  /** The manifest of the scored data. */
  public Manifest manifest() {
    return passes.manifest();
  }

  /**
   * The tallies of files, in their order.
   *
   * @param files no two with the same content
   * @throws IOException if one is damaged or lacks classes of the data
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
