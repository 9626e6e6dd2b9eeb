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
 * Scores the records of a dataset with every candidate in one pass and gives one {@link Tally} per
 * candidate, keyed by its name.
 *
 * <pre>{@code
 * Manifest val = Manifest.read(storage, "records", "val");
 * List<Candidate> candidates = List.of(Candidate.read(storage, "runs/a/best.safetensors"));
 * PCollection<KV<String, Tally>> tallies =
 *     pipeline.apply(ScoreCheckpoints.of(storage, "records", val, candidates).withBatchSize(32));
 * }</pre>
 *
 * <p>Tallies come in no order, each once, whatever bundles are tried again. An image is read and
 * decoded once, prepared once per distinct view, and scored by all candidates in the same batch. A
 * batch is so many consecutive record numbers, so which images share one is decided by the dataset
 * alone and the tallies are the same bytes at any parallelism and any number of shards.
 *
 * <p>An image that no codec reads is a wrong answer of each candidate (metric {@code
 * images_undecodable}; its number is in the tallies). A record or shard that is missing or damaged
 * fails the job, naming it; so does a shard whose bytes are not those that the manifest vouches
 * for, where all of it is scored, and a dataset or checkpoint that is no longer the one it was.
 *
 * <p>Weights are loaded once per JVM and stay for a while, for a next pass over the data: up to the
 * memory that the weights may take, or until {@link #freeWeights()}. Each slot computes with one
 * thread.
 */
public final class ScoreCheckpoints extends PTransform<PBegin, PCollection<KV<String, Tally>>> {
  private static final long serialVersionUID = 1L;
  private static final int BATCH_SIZE = 16;
  private static final long MODEL_MEMORY = 4L << 30;

  private final DatasetRef place;
  private final List<Candidate> candidates;
  private final RecordRange records;
  private final int batchSize;
  private final long modelMemory;

  /** Null where nobody wants to know what was answered to each record. */
  private final WritePredictions predictions;

  /** The dataset that a job was planned for. */
  private record DatasetRef(Storage storage, String folder, String split, String digest)
      implements Serializable {}

  private ScoreCheckpoints(
      DatasetRef place,
      List<Candidate> candidates,
      RecordRange records,
      int batchSize,
      long modelMemory,
      WritePredictions predictions) {
    this.place = place;
    this.candidates = candidates;
    this.records = records;
    this.batchSize = batchSize;
    this.modelMemory = modelMemory;
    this.predictions = predictions;
  }

  /**
   * Scores all records of a split.
   *
   * @param folder the dataset's
   * @param manifest of the split
   * @param candidates that know the dataset's classes, by name or, where one side has only numbers,
   *     by position
   * @throws IllegalArgumentException where two candidates have one name, or one does not know a
   *     class
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
    return new ScoreCheckpoints(place, candidates, range, batchSize, modelMemory, predictions);
  }

  /** Scores one more candidate. */
  ScoreCheckpoints withCandidate(Candidate candidate) {
    List<Candidate> more = Stream.concat(candidates.stream(), Stream.of(candidate)).toList();
    return new ScoreCheckpoints(place, more, records, batchSize, modelMemory, predictions);
  }

  /** Images per forward pass, at least 1; 16 where it is not said. */
  public ScoreCheckpoints withBatchSize(int images) {
    if (images < 1) {
      throw new IllegalArgumentException("a batch of " + images + " images");
    }
    return new ScoreCheckpoints(place, candidates, records, images, modelMemory, predictions);
  }

  /**
   * Memory that weights may take in a worker, those of a former pass among them; 4 GiB where it is
   * not said. What is in use is never dropped for it.
   */
  public ScoreCheckpoints withModelMemory(long bytes) {
    return new ScoreCheckpoints(place, candidates, records, batchSize, bytes, predictions);
  }

  /** Also writes what each candidate answers to each record. */
  public ScoreCheckpoints withPredictions(WritePredictions writing) {
    return new ScoreCheckpoints(place, candidates, records, batchSize, modelMemory, writing);
  }

  @Override
  public PCollection<KV<String, Tally>> expand(PBegin begin) {
    TupleTagList aside = TupleTagList.of(ScoreFn.PARTS);
    PCollectionTuple scored =
        begin
            .apply("PlanBatches", new PlanBatches(records, batchSize))
            .apply(
                "Score",
                ParDo.of(new ScoreFn(this))
                    .withOutputTags(
                        ScoreFn.TALLIES, predictions == null ? aside : aside.and(ScoreFn.LINES)));
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
   * Loads the weights into this JVM, where the job will run, while its runner still starts. What
   * cannot be loaded is left to the job, which says so.
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

  /** Frees the weights that this JVM keeps for a next pass, when there is none. */
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
    return LoadedClassifiers.acquire(place.storage, candidate, modelMemory);
  }

  /** Opens the dataset as a worker finds it, which must be the one that was planned for. */
  Dataset openDataset() throws IOException {
    Dataset dataset = Dataset.open(place.storage, place.folder, place.split);
    if (!dataset.manifest().digest().equals(place.digest)) {
      dataset.close();
      throw PermanentFailure.of(
          new IOException(
              "%s, split %s, changed while it was evaluated: its digest was %s and is %s; start again"
                  .formatted(
                      place.folder, place.split, place.digest, dataset.manifest().digest())));
    }
    return dataset;
  }
}
