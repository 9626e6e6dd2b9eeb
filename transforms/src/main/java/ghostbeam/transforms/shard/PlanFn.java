package ghostbeam.transforms.shard;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.PermanentFailure;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.InvalidSourceException;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Lists a source and assigns its images to shards, in one step: a million references are sorted and
 * divided in memory rather than shuffled.
 *
 * <p>Input: one element. Output: under {@link #SHARDS} one element per shard, in no order; under
 * {@link #SOURCE} one element. Once the source is listed, files that earlier runs left of the split
 * are deleted from the output, except shards that a plan with the same number of shards may reuse.
 */
final class PlanFn extends DoFn<ImageSource, ShardPlan> {
  /** One element per shard. */
  static final TupleTag<ShardPlan> SHARDS = new TupleTag<>() {};

  /** One element. */
  static final TupleTag<SourceSummary> SOURCE = new TupleTag<>() {};

  private final Counter skipped = Metrics.counter(WriteShards.class, "files_skipped");
  private final ShardJob job;

  PlanFn(ShardJob job) {
    this.job = job;
  }

  @ProcessElement
  public void plan(@Element ImageSource source, MultiOutputReceiver out) throws IOException {
    ImageListing listing = list(job.output().storage(), source);
    skipped.inc(listing.skipped());
    listing
        .skippedFiles()
        .byKind()
        .forEach((kind, files) -> Metrics.counter(WriteShards.LEFT_OUT, kind).inc(files));
    int images = listing.images().size();
    if (job.shards() > images) {
      throw PermanentFailure.of(job.tooManyShards(images));
    }
    int shards = job.shards() == 0 ? ShardPlan.usualShards(images) : job.shards();
    List<ShardPlan> plans = ShardPlan.of(listing.images(), shards, job.seed());
    job.claim().requireHeld();
    job.output().clear(plans.size());
    out.get(SOURCE).output(SourceSummary.of(source.uri(), listing));
    plans.forEach(out.get(SHARDS)::output);
  }

  private static ImageListing list(Storage storage, ImageSource source) throws IOException {
    try {
      return ImageListing.of(storage, source);
    } catch (InvalidSourceException e) {
      throw PermanentFailure.of(e);
    }
  }
}
