package ghostbeam.transforms.evaluation;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.LabelMapping;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.record.CorruptRecordException;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardPart;
import ghostbeam.model.scoring.Tally;
import ghostbeam.transforms.execution.LastingFailure;
import ghostbeam.transforms.prediction.PredictionLine;
import ghostbeam.transforms.prediction.WritePredictions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Scores one batch of records, named by its first, with all candidates; gives one tally per
 * candidate and bundle, and what was read of each shard. One thread of one slot does all of it.
 */
final class ScoreFn extends DoFn<Long, KV<String, Tally>> {
  private static final long serialVersionUID = 1L;

  /** What was read of each shard, by its number. */
  static final TupleTag<KV<Integer, ShardPart>> PARTS = new TupleTag<>() {};

  static final TupleTag<KV<String, Tally>> TALLIES = new TupleTag<>() {};

  /**
   * Lines of predictions, by candidate and block, with their first record; only where asked for.
   */
  static final TupleTag<KV<KV<String, Long>, KV<Long, String>>> LINES = new TupleTag<>() {};

  private final ScoreCheckpoints settings;
  private final Counter decoded = Metrics.counter(ScoreCheckpoints.class, "images_decoded");
  private final Counter undecodable = Metrics.counter(ScoreCheckpoints.class, "images_undecodable");
  private final Counter scored = Metrics.counter(ScoreCheckpoints.class, "images_scored");
  private final Distribution millis = Metrics.distribution(ScoreCheckpoints.class, "batch_millis");

  private transient Dataset dataset;
  private transient ExampleDecoder source;
  private transient List<LoadedClassifiers.Lease> leases;
  private transient List<LabelMapping> labels;
  private transient Map<ValidationView, ViewBatch> views;
  private transient List<Tally> tallies;
  private transient Map<Integer, ShardPart> parts;

  ScoreFn(ScoreCheckpoints settings) {
    this.settings = settings;
  }

  @Setup
  public void setup() throws IOException {
    dataset = settings.openDataset();
    source = new ExampleDecoder(Codec.best());
    leases = new ArrayList<>();
    labels = new ArrayList<>();
    views = new LinkedHashMap<>();
    for (Candidate candidate : settings.candidates()) {
      leases.add(settings.acquire(candidate));
      labels.add(LabelMapping.of(dataset.manifest().classes(), candidate.classes()));
      views.computeIfAbsent(candidate.view(), view -> new ViewBatch(view, settings.batchSize()));
    }
  }

  @StartBundle
  public void startBundle() {
    Classifier.useThreads(1);
    parts = new TreeMap<>();
    tallies = new ArrayList<>();
    for (int i = 0; i < leases.size(); i++) {
      tallies.add(Tally.of(settings.candidates().get(i).name(), labels.get(i)));
    }
  }

  @ProcessElement
  public void score(@Element Long first, MultiOutputReceiver out) throws IOException {
    long start = System.nanoTime();
    long end = Math.min(first + settings.batchSize(), settings.records().to());
    RecordBatch batch = new RecordBatch(first);
    views.values().forEach(ViewBatch::clear);
    for (long record = first; record < end; record++) {
      Example example = read(record);
      batch.add(
          example.label(),
          show(example),
          settings.predicts() ? PredictionLine.head(record, example) : "");
    }
    decoded.inc(batch.decoded());
    for (int i = 0; i < leases.size(); i++) {
      score(i, batch, out.get(LINES));
    }
    ScoredImages.add(end - first);
    millis.update((System.nanoTime() - start) / 1_000_000);
  }

  /** Shows an image to each view; whether there is one. */
  private boolean show(Example example) throws IOException {
    try {
      Pixels image = source.decode(example);
      views.values().forEach(view -> view.add(image));
      return true;
    } catch (UndecodableImageException e) {
      undecodable.inc();
      return false;
    }
  }

  private Example read(long record) throws IOException {
    try {
      return dataset.read(record, this::add);
    } catch (CorruptRecordException e) {
      throw LastingFailure.of(e);
    }
  }

  private void add(int shard, ShardPart part) {
    parts.merge(shard, part, ShardPart::plus);
  }

  private void score(
      int candidate,
      RecordBatch batch,
      OutputReceiver<KV<KV<String, Long>, KV<Long, String>>> predictions)
      throws IOException {
    ViewBatch view = views.get(settings.candidates().get(candidate).view());
    Tally tally = tallies.get(candidate);
    LabelMapping mapping = labels.get(candidate);
    float[] logits =
        batch.decoded() == 0 ? new float[0] : logits(view, leases.get(candidate).classifier());
    batch.count(tally, logits, mapping);
    if (settings.predicts()) {
      batch.predict(
          logits,
          mapping,
          (from, lines) ->
              predictions.output(
                  KV.of(
                      KV.of(tally.checkpoint(), WritePredictions.block(from)),
                      KV.of(from, lines))));
    }
    scored.inc(batch.decoded());
  }

  /** A module that failed would fail again. */
  private static float[] logits(ViewBatch view, Classifier classifier) throws IOException {
    try {
      return view.logits(classifier);
    } catch (UncheckedIOException e) {
      throw LastingFailure.of(e.getCause());
    }
  }

  @FinishBundle
  public void finishBundle(FinishBundleContext context) {
    for (Tally tally : tallies) {
      context.output(
          KV.of(tally.checkpoint(), tally),
          BoundedWindow.TIMESTAMP_MIN_VALUE,
          GlobalWindow.INSTANCE);
    }
    parts.forEach(
        (shard, part) ->
            context.output(
                PARTS,
                KV.of(shard, part),
                BoundedWindow.TIMESTAMP_MIN_VALUE,
                GlobalWindow.INSTANCE));
    tallies = null;
    parts = null;
  }

  @Teardown
  public void teardown() throws IOException {
    if (leases != null) {
      leases.forEach(LoadedClassifiers.Lease::close);
    }
    if (dataset != null) {
      dataset.close();
    }
  }
}
