package ghostbeam.transforms.evaluation;

import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.LastingFailure;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
 * Scores the records of a dataset, all or a range of them, with every candidate and gives one
 * {@link Tally} per candidate, keyed by its name; no order, no duplicates.
 *
 * <p>An image is read and decoded once, prepared once per distinct view, and scored by all
 * candidates in the same batch. A batch is {@code batchSize} consecutive record numbers, so which
 * images share one is decided by the dataset alone and the tallies are the same bytes at any
 * parallelism and any number of shards.
 *
 * <p>An image that no codec reads is a wrong answer of each candidate (metric {@code
 * images_undecodable}; its number is in the tallies). A record or shard that is missing or damaged
 * fails the job, naming it; so does a shard whose bytes are not those that the manifest vouches
 * for, where all of it is scored, and a checkpoint that is no longer the file it was.
 *
 * <p>Weights are loaded once per JVM and stay for a while, for a next pass over the data: up to the
 * memory that the weights may take, or until {@link #freeWeights()}. Each slot computes with one
 * thread.
 */
public final class ScoreCheckpoints extends PTransform<PBegin, PCollection<KV<String, Tally>>> {
  private static final long serialVersionUID = 1L;

  private final Storage storage;
  private final String folder;
  private final String split;
  private final String digest;
  private final RecordRange records;
  private final List<Candidate> candidates;
  private final int batchSize;
  private final long memoryBytes;

  /**
   * @param folder the dataset's
   * @param manifest of the split to score
   * @param records which of them
   * @param candidates of different names, whose classes are the dataset's
   * @param batchSize images per forward pass, at least 1
   * @param memoryBytes that weights may take in a worker, at least the candidates' together
   */
  public ScoreCheckpoints(
      Storage storage,
      String folder,
      Manifest manifest,
      RecordRange records,
      List<Candidate> candidates,
      int batchSize,
      long memoryBytes) {
    this.storage = storage;
    this.folder = folder;
    this.split = manifest.split();
    this.digest = manifest.digest();
    this.records = records;
    this.candidates = List.copyOf(candidates);
    this.batchSize = batchSize;
    this.memoryBytes = memoryBytes;
    Set<String> names = new HashSet<>();
    for (Candidate candidate : candidates) {
      if (!names.add(candidate.name())) {
        throw new IllegalArgumentException("two checkpoints are named " + candidate.name());
      }
    }
  }

  @Override
  public PCollection<KV<String, Tally>> expand(PBegin begin) {
    PCollectionTuple scored =
        begin
            .apply("PlanBatches", new PlanBatches(records, batchSize))
            .apply(
                "Score",
                ParDo.of(new ScoreFn(this))
                    .withOutputTags(ScoreFn.TALLIES, TupleTagList.of(ScoreFn.PARTS)));
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

  int batchSize() {
    return batchSize;
  }

  LoadedClassifiers.Lease acquire(Candidate candidate) throws IOException {
    return LoadedClassifiers.acquire(storage, candidate, memoryBytes);
  }

  /** Opens the dataset as a worker finds it, which must be the one that was planned for. */
  Dataset openDataset() throws IOException {
    Dataset dataset = Dataset.open(storage, folder, split);
    if (!dataset.manifest().digest().equals(digest)) {
      dataset.close();
      throw LastingFailure.of(
          new IOException(
              "%s, split %s, changed while it was evaluated: its digest was %s and is %s; start again"
                  .formatted(folder, split, digest, dataset.manifest().digest())));
    }
    return dataset;
  }
}
