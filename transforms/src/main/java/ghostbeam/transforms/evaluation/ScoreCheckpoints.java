package ghostbeam.transforms.evaluation;

import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.LabelMapping;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.PermanentFailure;
import ghostbeam.transforms.prediction.WritePredictions;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;
import org.slf4j.LoggerFactory;

/**
 * Scores a dataset's records with every candidate in one pass and outputs one {@link Tally} per
 * candidate, keyed by its name.
 *
 * <pre>{@code
 * Manifest val = Manifest.read(storage, "records", "val");
 * List<Candidate> candidates = List.of(Candidate.read(storage, "runs/a/best.safetensors"));
 * PCollection<KV<String, Tally>> tallies =
 *     pipeline.apply(ScoreCheckpoints.of(storage, "records", val, candidates).withBatchSize(32));
 * }</pre>
 *
 * <p>Tallies come in no order, each once even if bundles are retried. Each image is read and
 * decoded once, preprocessed once per distinct view, and scored by all candidates in the same
 * batch. A batch is a fixed number of consecutive record numbers, so tallies are the same bytes at
 * any parallelism and number of shards.
 *
 * <p>An undecodable image counts as a wrong answer of every candidate (metric {@code
 * images_undecodable}; the tallies list its number). A missing or damaged record or shard fails the
 * job, naming it; so does a fully scored shard whose CRC32C is not the manifest's, and a dataset or
 * checkpoint that has changed since the pipeline was built.
 *
 * <p>Weights are loaded once per JVM and cached for a next pass, within the {@linkplain
 * #withModelMemory memory limit} or until {@link #freeWeights()}. Each slot computes with one
 * thread.
 */
public final class ScoreCheckpoints extends PTransform<PBegin, PCollection<KV<String, Tally>>> {
  private static final long serialVersionUID = 1L;
  private static final int BATCH_SIZE = 16;
  private static final long MODEL_MEMORY = 4L << 30;

  private final DatasetRef dataset;
  private final List<Candidate> candidates;
  private final RecordRange records;
  private final int batchSize;
  private final long modelMemory;

  /** Null if no predictions are written. */
  private final WritePredictions predictions;

  /** The dataset that the pipeline was built for. */
  private record DatasetRef(Storage storage, String folder, String split, String digest)
      implements Serializable {}

  private ScoreCheckpoints(
      DatasetRef dataset,
      List<Candidate> candidates,
      RecordRange records,
      int batchSize,
      long modelMemory,
      WritePredictions predictions) {
    this.dataset = dataset;
    this.candidates = candidates;
    this.records = records;
    this.batchSize = batchSize;
    this.modelMemory = modelMemory;
    this.predictions = predictions;
  }

  /**
   * Scores all records of a split.
   *
   * @param folder of the dataset
   * @param manifest of the split
   * @param candidates that have the dataset's classes, matched by name, or by position if either
   *     side has only numbers
   * @throws IllegalArgumentException if two candidates share a name, or one lacks a class
   */
  public static ScoreCheckpoints of(
      Storage storage, String folder, Manifest manifest, List<Candidate> candidates) {
    Set<String> names = new HashSet<>();
    for (Candidate candidate : candidates) {
      if (!names.add(candidate.name())) {
        throw new IllegalArgumentException("two checkpoints are named " + candidate.name());
      }
      LabelMapping.of(manifest.classes(), candidate.classes());
    }
    return new ScoreCheckpoints(
        new DatasetRef(storage, folder, manifest.split(), manifest.digest()),
        List.copyOf(candidates),
        new RecordRange(0, manifest.records()),
        BATCH_SIZE,
        MODEL_MEMORY,
        null);
  }

  /** Scores these records only. */
  public ScoreCheckpoints withRecords(RecordRange range) {
    return new ScoreCheckpoints(dataset, candidates, range, batchSize, modelMemory, predictions);
  }

  /** Scores one more candidate. */
  ScoreCheckpoints withCandidate(Candidate candidate) {
    List<Candidate> more = Stream.concat(candidates.stream(), Stream.of(candidate)).toList();
    return new ScoreCheckpoints(dataset, more, records, batchSize, modelMemory, predictions);
  }

  /** Images per forward pass, at least 1; 16 by default. */
  public ScoreCheckpoints withBatchSize(int images) {
    if (images < 1) {
      throw new IllegalArgumentException("a batch of " + images + " images");
    }
    return new ScoreCheckpoints(dataset, candidates, records, images, modelMemory, predictions);
  }

  /**
   * Limit in bytes for weights in a worker, including those cached from an earlier pass; 4 GiB by
   * default. Weights in use are never evicted.
   */
  public ScoreCheckpoints withModelMemory(long bytes) {
    return new ScoreCheckpoints(dataset, candidates, records, batchSize, bytes, predictions);
  }

  /** Also writes each candidate's predictions for each record. */
  public ScoreCheckpoints withPredictions(WritePredictions writer) {
    return new ScoreCheckpoints(dataset, candidates, records, batchSize, modelMemory, writer);
  }

  @Override
  public PCollection<KV<String, Tally>> expand(PBegin begin) {
    TupleTagList tags = TupleTagList.of(ScoreFn.PARTS);
    PCollectionTuple scored =
        begin
            .apply("PlanBatches", new PlanBatches(records, batchSize))
            .apply(
                "Score",
                ParDo.of(new ScoreFn(this))
                    .withOutputTags(
                        ScoreFn.TALLIES, predictions == null ? tags : tags.and(ScoreFn.LINES)));
    if (predictions != null) {
      scored
          .get(ScoreFn.LINES)
          .setCoder(WritePredictions.CODER)
          .apply("WritePredictions", predictions);
    }
    scored
        .get(ScoreFn.PARTS)
        .setCoder(KvCoder.of(BigEndianIntegerCoder.of(), ShardPartCoder.of()))
        .apply("CheckShards", new CheckShards(this));
    return scored
        .get(ScoreFn.TALLIES)
        .setCoder(KvCoder.of(StringUtf8Coder.of(), TallyCoder.of()))
        .apply("MergeTallies", Combine.perKey(new TallyFn()));
  }

  /**
   * Starts loading the weights into this JVM while the runner starts up; useful if the job will run
   * here. Failures are ignored, since the job will report them.
   */
  public void loadAhead() {
    Thread loading = new Thread(this::loadAll, "ghostbeam-load-ahead");
    loading.setDaemon(true);
    loading.start();
  }

  private void loadAll() {
    try {
      for (Candidate candidate : candidates) {
        acquire(candidate).close();
      }
    } catch (IOException | RuntimeException e) {
      LoggerFactory.getLogger(ScoreCheckpoints.class).debug("not loaded ahead", e);
    }
  }

  /** Frees the weights that this JVM caches for a next pass. */
  public static void freeWeights() {
    LoadedClassifiers.dropIdle();
  }

  RecordRange records() {
    return records;
  }

  List<Candidate> candidates() {
    return candidates;
  }

  boolean predicts() {
    return predictions != null;
  }

  int batchSize() {
    return batchSize;
  }

  LoadedClassifiers.Lease acquire(Candidate candidate) throws IOException {
    return LoadedClassifiers.acquire(dataset.storage, candidate, modelMemory);
  }

  /** Opens the dataset on a worker; fails if it is not the one the pipeline was built for. */
  Dataset openDataset() throws IOException {
    Dataset opened = Dataset.open(dataset.storage, dataset.folder, dataset.split);
    if (!opened.manifest().digest().equals(dataset.digest)) {
      opened.close();
      throw PermanentFailure.of(
          new IOException(
              "%s, split %s, changed while it was evaluated: its digest was %s and is %s; start again"
                  .formatted(
                      dataset.folder, dataset.split, dataset.digest, opened.manifest().digest())));
    }
    return opened;
  }
}
