package ghostbeam.transforms.shard;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.LastingFailure;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.ingest.UnfitSourceException;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Lists a source and decides which images each shard holds, in one step: a million references are
 * sorted and cut in memory instead of travelling.
 *
 * <p>Input: one element. Output: under {@link #SHARDS} one element a shard, in no order; under
 * {@link #SOURCE} one element. Once the source is listed, whatever earlier runs left of the split
 * in the output is deleted, but for what may be whole shards of a plan of as many.
 */
public final class PlanShards extends PTransform<PCollection<ImageSource>, PCollectionTuple> {
  /** One element a shard. */
  public static final TupleTag<ShardPlan> SHARDS = new TupleTag<>() {};

  /** One element. */
  public static final TupleTag<SourceSummary> SOURCE = new TupleTag<>() {};

  private final DatasetFolder output;
  private final int shards;
  private final long seed;

  /**
   * A plan for the output's split.
   *
   * @param shards how many, or 0 for a number that suits the number of images
   * @param seed of the images' random order
   */
  public PlanShards(DatasetFolder output, int shards, long seed) {
    this.output = output;
    this.shards = shards;
    this.seed = seed;
  }

  @Override
  public PCollectionTuple expand(PCollection<ImageSource> sources) {
    PCollectionTuple outputs =
        sources.apply(
            "List and plan",
            ParDo.of(new PlanFn(output, shards, seed))
                .withOutputTags(SHARDS, TupleTagList.of(SOURCE)));
    outputs.get(SHARDS).setCoder(ShardPlan.ShardPlanCoder.of());
    return outputs;
  }

  private static final class PlanFn extends DoFn<ImageSource, ShardPlan> {
    private final Counter skipped = Metrics.counter(PlanShards.class, "files_skipped");
    private final Counter unseen = Metrics.counter(PlanShards.class, "files_unseen");
    private final DatasetFolder output;
    private final int shards;
    private final long seed;

    PlanFn(DatasetFolder output, int shards, long seed) {
      this.output = output;
      this.shards = shards;
      this.seed = seed;
    }

    @ProcessElement
    public void plan(@Element ImageSource source, MultiOutputReceiver out) throws IOException {
      Storage storage = output.storage();
      ImageListing listing = list(storage, source);
      skipped.inc(listing.skipped());
      unseen.inc(listing.unseen());
      int images = listing.images().size();
      if (shards > images) {
        throw LastingFailure.of(
            new IllegalStateException(
                String.format(
                    "%s has %d images, too few for --shards=%d; give at most %d",
                    source.uri(), images, shards, images)));
      }
      List<ShardPlan> plans =
          ShardPlan.of(
              listing.images(), shards == 0 ? ShardPlan.usualShards(images) : shards, seed);
      output.requireClaimed();
      output.clear(plans.size());
      out.get(SOURCE).output(SourceSummary.of(source.uri(), listing));
      plans.forEach(out.get(SHARDS)::output);
    }

    private static ImageListing list(Storage storage, ImageSource source) throws IOException {
      try {
        return ImageListing.of(storage, source);
      } catch (UnfitSourceException e) {
        throw LastingFailure.of(e);
      }
    }
  }
}
