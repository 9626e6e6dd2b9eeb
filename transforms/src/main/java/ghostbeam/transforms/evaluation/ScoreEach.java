package ghostbeam.transforms.evaluation;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Scores all records of a dataset with each checkpoint of its input, such as those trained earlier
 * in the same pipeline, and outputs a {@link Tally} per checkpoint, keyed by name.
 *
 * <pre>{@code
 * PCollection<KV<String, Tally>> tallies = checkpoints.apply(ScoreEach.of(storage, "records", val));
 * }</pre>
 *
 * <p>Input: checkpoint paths keyed by name. Output: in no order; the same bytes as {@link
 * ScoreCheckpoints} gives. That one reads each image once for checkpoints known when the pipeline
 * is built; this one reads the whole dataset for each checkpoint, on one slot and one thread.
 */
public final class ScoreEach
    extends PTransform<PCollection<KV<String, String>>, PCollection<KV<String, Tally>>> {
  private static final long serialVersionUID = 1L;

  private final Storage storage;
  private final ScoreCheckpoints settings;

  private ScoreEach(Storage storage, ScoreCheckpoints settings) {
    this.storage = storage;
    this.settings = settings;
  }

  /**
   * Scores all records of a split.
   *
   * @param folder of the dataset
   * @param manifest of the split
   */
  public static ScoreEach of(Storage storage, String folder, Manifest manifest) {
    return new ScoreEach(storage, ScoreCheckpoints.of(storage, folder, manifest, List.of()));
  }

  @Override
  public PCollection<KV<String, Tally>> expand(PCollection<KV<String, String>> checkpoints) {
    return checkpoints
        .apply("Score", ParDo.of(new ScoreEachFn(storage, settings)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), TallyCoder.of()));
  }

  private static final class ScoreEachFn extends DoFn<KV<String, String>, KV<String, Tally>> {
    private static final long serialVersionUID = 1L;

    private final Storage storage;
    private final ScoreCheckpoints settings;

    ScoreEachFn(Storage storage, ScoreCheckpoints settings) {
      this.storage = storage;
      this.settings = settings;
    }

    @ProcessElement
    public void score(
        @Element KV<String, String> checkpoint, OutputReceiver<KV<String, Tally>> output)
        throws IOException {
      Classifier.useThreads(1);
      Candidate candidate =
          Candidate.read(storage, checkpoint.getValue()).named(checkpoint.getKey());
      ScoreCheckpoints one = settings.withCandidate(candidate);
      try (Scorer scorer = Scorer.open(one)) {
        List<Tally> tallies = scorer.tallies();
        RecordRange records = one.records();
        for (long first = records.from(); first < records.to(); first += one.batchSize()) {
          scorer.score(first, tallies, (number, batch, logits, labels) -> {});
        }
        scorer.requireWholeShards();
        output.output(KV.of(checkpoint.getKey(), tallies.get(0)));
      }
    }
  }
}
