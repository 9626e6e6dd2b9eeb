package ghostbeam.transforms.shard;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.transforms.ingest.ClassList;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.stream.StreamedSource;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Writes a dataset from a split's images: shuffled TFRecord shards with index files, and a
 * manifest.
 *
 * <pre>{@code
 * pipeline.apply(
 *     WriteShards.of(ImageSource.of("gs://bucket/imagenet.zip", "train"), "gs://bucket/records")
 *         .withEncoding(Preparation.Encoding.RESIZED));
 * }</pre>
 *
 * <p>Output: one element, the manifest's path as a UTF-8 string, once the dataset is finished. One
 * worker lists the source; then each shard is read and written by one worker. Only references to
 * images are shuffled, unless the source {@linkplain #withStream is streamed}.
 *
 * <p>Each image becomes one record, in random order. The files are a pure function of the source's
 * images, the seed and the settings, on any runner and at any parallelism. Two images with the same
 * key ({@code <class>/<name>}) fail the job. Images that cannot be read or decoded are rejected and
 * listed in {@code <split>-rejected.jsonl}; more of them than {@linkplain #withMaxRejected allowed}
 * fail the job, and so does an unusable source or output. A failed job leaves no manifest, and
 * without a manifest there is no dataset. Shards that an unfinished run with the same settings
 * wrote are kept; a finished dataset of the split is replaced.
 */
public final class WriteShards extends PTransform<PBegin, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  /** Namespace of counters of skipped source files, named by kind with an example. */
  public static final String LEFT_OUT = "left_out";

  /** Counter of shards kept from an earlier run. */
  public static final String KEPT = "shards_kept";

  /** Counter of the bytes of all source images. */
  public static final String SOURCE_BYTES = "source_bytes";

  /** Namespace of counters of converted images, named by source format. */
  public static final String CONVERTED = "converted";

  private final ShardJob job;

  /** Null if images are read in place. */
  private final StreamedSource stream;

  private WriteShards(ShardJob job, StreamedSource stream) {
    this.job = job;
    this.stream = stream;
  }

  /**
   * Writes with the defaults: {@link Preparation.Encoding#ORIGINAL}, a number of shards that suits
   * the number of images, seed 1, no image rejected.
   *
   * @param folder absolute path or URI; need not exist, and no other run may write there
   */
  public static WriteShards of(ImageSource source, String folder) {
    return of(source, new DatasetFolder(BeamStorage.INSTANCE, folder, source.split()));
  }

  /** The same, with a split of another name or another storage. */
  public static WriteShards of(ImageSource source, DatasetFolder output) {
    Preparation original = new Preparation(Preparation.Encoding.ORIGINAL, 256, 95);
    return new WriteShards(
        new ShardJob(source, Claim.none(output), 0, 1, 0, original, ClassList.NONE), null);
  }

  /** Reads the source as a stream of records. */
  public WriteShards withStream(StreamedSource source) {
    return new WriteShards(job, source);
  }

  /** Number of shards, from 1 to the number of images; 0, the default, for one per 1,250 images. */
  public WriteShards withShards(int shards) {
    return with(
        job.claim(), shards, job.seed(), job.maxRejected(), job.preparation(), job.titles());
  }

  /** Seed of the images' random order; 1 by default. */
  public WriteShards withSeed(long seed) {
    return with(
        job.claim(), job.shards(), seed, job.maxRejected(), job.preparation(), job.titles());
  }

  /** Number of rejected images that the job tolerates; 0 by default. */
  public WriteShards withMaxRejected(long maxRejected) {
    return with(
        job.claim(), job.shards(), job.seed(), maxRejected, job.preparation(), job.titles());
  }

  /** What a record keeps of an image; the original file by default. */
  public WriteShards withEncoding(Preparation.Encoding encoding) {
    Preparation now = job.preparation();
    return withPreparation(new Preparation(encoding, now.shorterSide(), now.quality()));
  }

  /** Shorter side of resized images in pixels, at least 1; 256 by default. */
  public WriteShards withShorterSide(int pixels) {
    Preparation now = job.preparation();
    return withPreparation(new Preparation(now.encoding(), pixels, now.quality()));
  }

  /** Quality of re-encoded JPEGs, 1 to 100; 95 by default. */
  public WriteShards withQuality(int quality) {
    Preparation now = job.preparation();
    return withPreparation(new Preparation(now.encoding(), now.shorterSide(), quality));
  }

  WriteShards withPreparation(Preparation preparation) {
    return with(
        job.claim(), job.shards(), job.seed(), job.maxRejected(), preparation, job.titles());
  }

  /** Writes to the claim's folder, for as long as the run holds the claim. */
  public WriteShards withClaim(Claim claim) {
    return with(
        claim, job.shards(), job.seed(), job.maxRejected(), job.preparation(), job.titles());
  }

  /** Stores the class titles of a list with the dataset, for reports. */
  public WriteShards withTitles(ClassList list) {
    ClassList titles = list.hasTitles() ? list : ClassList.NONE;
    return with(
        job.claim(), job.shards(), job.seed(), job.maxRejected(), job.preparation(), titles);
  }

  private WriteShards with(
      Claim claim,
      int shards,
      long seed,
      long maxRejected,
      Preparation preparation,
      ClassList titles) {
    return new WriteShards(
        new ShardJob(job.source(), claim, shards, seed, maxRejected, preparation, titles), stream);
  }

  @Override
  public PCollection<String> expand(PBegin begin) {
    if (stream != null) {
      return finish(StreamedShards.of(job, stream).write(begin));
    }
    RangedShards shards = ranged();
    return finish(shards.write(shards.plan(begin)));
  }

  RangedShards ranged() {
    return new RangedShards(job);
  }

  PCollection<String> finish(PCollection<WriteOutput> written) {
    return written
        .apply("All together", WithKeys.of((Void) null))
        .apply("Wait for every shard", GroupByKey.create())
        .apply("Finish dataset", ParDo.of(new FinishFn(job)));
  }
}
