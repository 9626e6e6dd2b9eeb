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
 * Makes a dataset of a split's images: shuffled TFRecord shards with their indices, and a manifest.
 *
 * <pre>{@code
 * pipeline.apply(
 *     WriteShards.of(ImageSource.of("gs://bucket/imagenet.zip", "train"), "gs://bucket/records")
 *         .withEncoding(Preparation.Encoding.RESIZED));
 * }</pre>
 *
 * <p>Output: one element, the manifest's path, once the dataset is finished, as a UTF-8 string. The
 * source is listed by one worker, read once by all: one writes a shard. Only references to images
 * travel between workers.
 *
 * <p>Each image becomes one record, in random order. The files are a pure function of the source's
 * images, the seed and the settings, whatever the runner, its parallelism and the source's form.
 * Two images of one key ({@code <class>/<name>}) fail the job. An image that cannot be read or
 * decoded is rejected, in {@code <split>-rejected.jsonl}; more of them than {@linkplain
 * #withMaxRejected allowed} fail the job, which then leaves no manifest, and without one there is
 * no dataset. So does a source or output that cannot be used. Shards that an unfinished run of the
 * same work left are kept; a finished dataset of the split is replaced.
 */
public final class WriteShards extends PTransform<PBegin, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  /** Counters here count, by kind and with an example, files of the source that are left out. */
  public static final String LEFT_OUT = "left_out";

  /** Counts shards that an earlier run had written. */
  public static final String KEPT = "shards_kept";

  /** Counts the source's images in bytes. */
  public static final String SOURCE_BYTES = "source_bytes";

  /** Counters here count, by the source's format, images that are kept in another. */
  public static final String CONVERTED = "converted";

  private final ShardJob job;

  /** What is read forwards; null where images are read in place. */
  private final StreamedSource stream;

  private WriteShards(ShardJob job, StreamedSource stream) {
    this.job = job;
    this.stream = stream;
  }

  /**
   * Of RGB and grey JPEGs the bytes, in as many shards as suit their number, by seed 1, no image
   * rejected.
   *
   * @param folder absolute path or URI of what nobody else writes into; it need not exist
   */
  public static WriteShards of(ImageSource source, String folder) {
    return of(source, new DatasetFolder(BeamStorage.INSTANCE, folder, source.split()));
  }

  /** The same, into a split of another name or through another storage. */
  public static WriteShards of(ImageSource source, DatasetFolder output) {
    Preparation original = new Preparation(Preparation.Encoding.ORIGINAL, 256, 95);
    return new WriteShards(
        new ShardJob(source, Claim.none(output), 0, 1, 0, original, ClassList.NONE), null);
  }

  /** The same work, reading the source forwards. */
  public WriteShards withStream(StreamedSource source) {
    return new WriteShards(job, source);
  }

  /** How many shards, from 1 to the number of images; 0 for about one for 1,250 images. */
  public WriteShards withShards(int shards) {
    return with(
        job.claim(), shards, job.seed(), job.maxRejected(), job.preparation(), job.titles());
  }

  /** The seed of the images' order, any number. */
  public WriteShards withSeed(long seed) {
    return with(
        job.claim(), job.shards(), seed, job.maxRejected(), job.preparation(), job.titles());
  }

  /** With how many rejected images there still is a dataset. */
  public WriteShards withMaxRejected(long maxRejected) {
    return with(
        job.claim(), job.shards(), job.seed(), maxRejected, job.preparation(), job.titles());
  }

  /** What a record keeps of an image. */
  public WriteShards withEncoding(Preparation.Encoding encoding) {
    Preparation now = job.preparation();
    return withPreparation(new Preparation(encoding, now.shorterSide(), now.quality()));
  }

  /** Pixels of the shorter side of images that are resized, at least 1; 256 if not said. */
  public WriteShards withShorterSide(int pixels) {
    Preparation now = job.preparation();
    return withPreparation(new Preparation(now.encoding(), pixels, now.quality()));
  }

  /** Of JPEGs that are encoded anew, 1 to 100; 95 if not said. */
  public WriteShards withQuality(int quality) {
    Preparation now = job.preparation();
    return withPreparation(new Preparation(now.encoding(), now.shorterSide(), quality));
  }

  WriteShards withPreparation(Preparation preparation) {
    return with(
        job.claim(), job.shards(), job.seed(), job.maxRejected(), preparation, job.titles());
  }

  /** Into the claim's folder, for as long as the run has that claim. */
  public WriteShards withClaim(Claim claim) {
    return with(
        claim, job.shards(), job.seed(), job.maxRejected(), job.preparation(), job.titles());
  }

  /** What a list of classes calls them beside their names goes with the dataset, for reports. */
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

  PCollection<String> finish(PCollection<Written> written) {
    return written
        .apply("All together", WithKeys.of((Void) null))
        .apply("Wait for every shard", GroupByKey.create())
        .apply("Finish dataset", ParDo.of(new FinishFn(job)));
  }
}
