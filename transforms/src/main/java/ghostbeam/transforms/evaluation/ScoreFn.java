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
import java.io.IOException;
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
  public void score(@Element Long first) throws IOException {
    long start = System.nanoTime();
    long end = Math.min(first + settings.batchSize(), settings.records().to());
    List<Long> records = new ArrayList<>();
    List<Integer> truths = new ArrayList<>();
    views.values().forEach(ViewBatch::clear);
    for (long record = first; record < end; record++) {
      Example example = read(record);
      try {
        Pixels image = source.decode(example);
        views.values().forEach(view -> view.add(image));
        records.add(record);
        truths.add(example.label());
      } catch (UndecodableImageException e) {
        undecodable.inc();
        for (Tally tally : tallies) {
          tally.addUndecodable(record, example.label());
        }
      }
    }
    decoded.inc(records.size());
    if (!records.isEmpty()) {
      tally(records, truths);
    }
    ScoredImages.add(end - first);
    millis.update((System.nanoTime() - start) / 1_000_000);
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

  private void tally(List<Long> records, List<Integer> truths) {
    for (int i = 0; i < leases.size(); i++) {
      Tally tally = tallies.get(i);
      LabelMapping mapping = labels.get(i);
      ViewBatch view = views.get(settings.candidates().get(i).view());
      float[] logits = view.logits(leases.get(i).classifier());
      for (int row = 0; row < records.size(); row++) {
        int offset = row * mapping.networkClasses();
        tally.add(records.get(row), truths.get(row), logits, offset, mapping);
      }
      scored.inc(records.size());
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
