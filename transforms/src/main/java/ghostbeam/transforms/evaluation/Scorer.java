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
 * Scores batches of records with candidates: an image is decoded once, and prepared once for each
 * view. Holds candidates' weights until it is closed. Of one thread.
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

  /** What is to be known of a batch beside its tallies. */
  interface Answers {
    void take(int candidate, RecordBatch batch, float[] logits, LabelMapping labels);
  }

  private Scorer(ScoreCheckpoints settings) throws IOException {
    this.settings = settings;
    this.dataset = settings.openDataset();
  }

  /** One of the settings' dataset and candidates, with their weights loaded. */
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

  /** Tallies of no record yet, one a candidate. */
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
   * @param tallies that count it, one a candidate
   */
  void score(long first, List<Tally> tallies, Answers answers) throws IOException {
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
      float[] logits = logits(i, batch);
      batch.count(tallies.get(i), logits, labels.get(i));
      answers.take(i, batch, logits, labels.get(i));
      scored.inc(batch.decoded());
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
      return dataset.read(record, (shard, part) -> parts.merge(shard, part, ShardPart::plus));
    } catch (CorruptRecordException e) {
      throw PermanentFailure.of(e);
    }
  }

  /** A module that failed would fail again. */
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

  /** What was read of each shard, by its number, since this was last asked. */
  Map<Integer, ShardPart> takeParts() {
    Map<Integer, ShardPart> taken = new TreeMap<>(parts);
    parts.clear();
    return taken;
  }

  /**
   * Holds shards that were read whole to the manifest.
   *
   * @throws IOException naming one that is not the one that was written
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
