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
import ghostbeam.transforms.execution.PermanentFailure;
import ghostbeam.transforms.prediction.PredictionLine;
import java.io.Closeable;
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

/**
 * Scores batches of records: each image is decoded once and preprocessed once per view. Leases the
 * candidates' weights until closed. Not thread-safe.
 */
final class Scorer implements Closeable {
  private final Counter decoded = Metrics.counter(ScoreCheckpoints.class, "images_decoded");
  private final Counter undecodable = Metrics.counter(ScoreCheckpoints.class, "images_undecodable");
  private final Counter scored = Metrics.counter(ScoreCheckpoints.class, "images_scored");
  private final Distribution millis = Metrics.distribution(ScoreCheckpoints.class, "batch_millis");

  private final ScoreCheckpoints settings;
  private final Dataset dataset;
  private final ExampleDecoder source = new ExampleDecoder(Codec.best());
  private final List<LoadedClassifiers.Lease> leases = new ArrayList<>();
  private final List<LabelMapping> labels = new ArrayList<>();
  private final Map<ValidationView, ViewBatch> views = new LinkedHashMap<>();
  private final Map<Integer, ShardPart> parts = new TreeMap<>();

  /** Receives each candidate's logits, shape (decoded images, classes), row by row. */
  interface LogitsListener {
    void onLogits(int candidate, RecordBatch batch, float[] logits, LabelMapping labels);
  }

  private Scorer(ScoreCheckpoints settings) throws IOException {
    this.settings = settings;
    this.dataset = settings.openDataset();
  }

  /** Opens the dataset and loads the candidates' weights. */
  static Scorer open(ScoreCheckpoints settings) throws IOException {
    Scorer scorer = new Scorer(settings);
    try {
      for (Candidate candidate : settings.candidates()) {
        scorer.add(candidate);
      }
      return scorer;
    } catch (IOException | RuntimeException e) {
      scorer.close();
      throw e;
    }
  }

  private void add(Candidate candidate) throws IOException {
    leases.add(settings.acquire(candidate));
    labels.add(LabelMapping.of(dataset.manifest().classes(), candidate.classes()));
    views.computeIfAbsent(candidate.view(), view -> new ViewBatch(view, settings.batchSize()));
  }

  /** Empty tallies, one per candidate. */
  List<Tally> tallies() {
    List<Tally> tallies = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      tallies.add(Tally.of(settings.candidates().get(i).name(), labels.get(i)));
    }
    return tallies;
  }

  /**
   * Scores a batch.
   *
   * @param first number of its first record
   * @param tallies to add it to, one per candidate
   */
  void score(long first, List<Tally> tallies, LogitsListener listener) throws IOException {
    long start = System.nanoTime();
    long end = Math.min(first + settings.batchSize(), settings.records().to());
    RecordBatch batch = new RecordBatch(first);
    views.values().forEach(ViewBatch::clear);
    for (long record = first; record < end; record++) {
      Example example = read(record);
      batch.add(
          example.label(),
          addToViews(example),
          settings.predicts() ? PredictionLine.head(record, example) : "");
    }
    decoded.inc(batch.decoded());
    for (int i = 0; i < leases.size(); i++) {
      float[] logits = logits(i, batch);
      batch.count(tallies.get(i), logits, labels.get(i));
      listener.onLogits(i, batch, logits, labels.get(i));
      scored.inc(batch.decoded());
    }
    ScoredImages.add(end - first);
    millis.update((System.nanoTime() - start) / 1_000_000);
  }

  /** Adds the decoded image to each view's batch; false if it is undecodable. */
  private boolean addToViews(Example example) throws IOException {
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
      return dataset.read(record, (shard, part) -> parts.merge(shard, part, ShardPart::plus));
    } catch (CorruptRecordException e) {
      throw PermanentFailure.of(e);
    }
  }

  /** A module's failure is deterministic, so a retry would be pointless. */
  private float[] logits(int candidate, RecordBatch batch) throws IOException {
    if (batch.decoded() == 0) {
      return new float[0];
    }
    Classifier classifier = leases.get(candidate).classifier();
    try {
      return views.get(settings.candidates().get(candidate).view()).logits(classifier);
    } catch (UncheckedIOException e) {
      throw PermanentFailure.of(e.getCause());
    }
  }

  /** The part read of each shard, by shard number, since the last call. */
  Map<Integer, ShardPart> takeParts() {
    Map<Integer, ShardPart> taken = new TreeMap<>(parts);
    parts.clear();
    return taken;
  }

  /**
   * Checks fully read shards against the manifest.
   *
   * @throws IOException naming a shard that differs
   */
  void requireWholeShards() throws IOException {
    for (Map.Entry<Integer, ShardPart> part : takeParts().entrySet()) {
      dataset.requireWhole(part.getKey(), part.getValue());
    }
  }

  @Override
  public void close() throws IOException {
    leases.forEach(LoadedClassifiers.Lease::close);
    dataset.close();
  }
}
