package ghostbeam.transforms.evaluation;

import ghostbeam.model.dataset.LabelMapping;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.record.ShardPart;
import ghostbeam.model.scoring.Tally;
import ghostbeam.transforms.prediction.WritePredictions;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Scores a batch of records, given its first record number, with all candidates on one thread.
 * Outputs one tally per candidate and bundle, and the part read of each shard.
 */
final class ScoreFn extends DoFn<Long, KV<String, Tally>> {
  private static final long serialVersionUID = 1L;

  /** The part read of each shard, by shard number. */
  static final TupleTag<KV<Integer, ShardPart>> PARTS = new TupleTag<>() {};

  static final TupleTag<KV<String, Tally>> TALLIES = new TupleTag<>() {};

  /** Prediction lines and their first record number, keyed by candidate and block; optional. */
  static final TupleTag<KV<KV<String, Long>, KV<Long, String>>> LINES = new TupleTag<>() {};

  private final ScoreCheckpoints settings;
  private transient Scorer scorer;
  private transient List<Tally> tallies;

  ScoreFn(ScoreCheckpoints settings) {
    this.settings = settings;
  }

  @Setup
  public void setup() throws IOException {
    scorer = Scorer.open(settings);
  }

  @StartBundle
  public void startBundle() {
    Classifier.useThreads(1);
    scorer.takeParts(); // left over from a failed bundle
    tallies = scorer.tallies();
  }

  @ProcessElement
  public void score(@Element Long first, MultiOutputReceiver out) throws IOException {
    OutputReceiver<KV<KV<String, Long>, KV<Long, String>>> predictions = out.get(LINES);
    scorer.score(
        first,
        tallies,
        (candidate, batch, logits, labels) -> {
          if (settings.predicts()) {
            predict(candidate, batch, logits, labels, predictions);
          }
        });
  }

  private void predict(
      int candidate,
      RecordBatch batch,
      float[] logits,
      LabelMapping labels,
      OutputReceiver<KV<KV<String, Long>, KV<Long, String>>> predictions) {
    String name = settings.candidates().get(candidate).name();
    batch.predict(
        logits,
        labels,
        (from, lines) ->
            predictions.output(
                KV.of(KV.of(name, WritePredictions.block(from)), KV.of(from, lines))));
  }

  @FinishBundle
  public void finishBundle(FinishBundleContext context) {
    for (Tally tally : tallies) {
      context.output(
          KV.of(tally.checkpoint(), tally),
          BoundedWindow.TIMESTAMP_MIN_VALUE,
          GlobalWindow.INSTANCE);
    }
    scorer
        .takeParts()
        .forEach(
            (shard, part) ->
                context.output(
                    PARTS,
                    KV.of(shard, part),
                    BoundedWindow.TIMESTAMP_MIN_VALUE,
                    GlobalWindow.INSTANCE));
    tallies = null;
  }

  @Teardown
  public void teardown() throws IOException {
    if (scorer != null) {
      scorer.close();
    }
  }
}
