package ghostbeam.transforms.shard;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.EitherCoder;
import ghostbeam.transforms.execution.EvenKeys;
import ghostbeam.transforms.execution.PermanentFailure;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.InvalidSourceException;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Writes shards of images that are byte ranges: one worker lists the source and plans all shards,
 * and the worker that receives a plan fetches the ranges. Only plans are shuffled, never images.
 */
record RangedShards(ShardJob job) {

  /** The output of planning: each shard's plan, and the source's summary. */
  sealed interface PlanOutput permits ShardPlan, SourceSummary {}

  PCollection<KV<Integer, PlanOutput>> plan(PBegin begin) {
    return begin
        .apply("Source", Create.of(job.source()))
        .apply("Plan shards", ParDo.of(new PlanFn(job)))
        .setCoder(KvCoder.of(VarIntCoder.of(), PlanOutputCoder.INSTANCE));
  }

  PCollection<WriteOutput> write(PCollection<KV<Integer, PlanOutput>> plans) {
    return plans
        .apply("Spread over workers", GroupByKey.create())
        .apply("Write shards", ParDo.of(new WriteShardFn(job)));
  }

  /**
   * Lists a source and assigns its images to shards, in one step: a million references are sorted
   * and divided in memory rather than shuffled.
   *
   * <p>Input: one element. Output, in no order: each shard's plan, keyed by {@link EvenKeys} of the
   * shard, and the summary under {@link EvenKeys#RESERVED}. Once the source is listed, files that
   * earlier runs left of the split are deleted from the output, except shards that a plan with the
   * same number of shards may reuse.
   */
  private static final class PlanFn extends DoFn<ImageSource, KV<Integer, PlanOutput>> {
    private final Counter skipped = Metrics.counter(WriteShards.class, "files_skipped");
    private final ShardJob job;

    PlanFn(ShardJob job) {
      this.job = job;
    }

    @ProcessElement
    public void plan(@Element ImageSource source, OutputReceiver<KV<Integer, PlanOutput>> out)
        throws IOException {
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
      out.output(KV.of(EvenKeys.RESERVED, SourceSummary.of(source.uri(), listing)));
      plans.forEach(plan -> out.output(KV.of(EvenKeys.of(plan.shard()), plan)));
    }

    private static ImageListing list(Storage storage, ImageSource source) throws IOException {
      try {
        return ImageListing.of(storage, source);
      } catch (InvalidSourceException e) {
        throw PermanentFailure.of(e);
      }
    }
  }

  /**
   * Writes each planned shard: {@linkplain ShardMaker reads} its images from the sources in the
   * plan's order. The files are a pure function of plan, sources and preparation. Sources are not
   * read for a shard kept from an earlier run.
   */
  private static final class WriteShardFn
      extends DoFn<KV<Integer, Iterable<PlanOutput>>, WriteOutput> {
    private final ShardMaker maker;

    WriteShardFn(ShardJob job) {
      this.maker = new ShardMaker(job);
    }

    @ProcessElement
    public void write(
        @Element KV<Integer, Iterable<PlanOutput>> plans, OutputReceiver<WriteOutput> out)
        throws IOException {
      for (PlanOutput planned : plans.getValue()) {
        out.output(planned instanceof ShardPlan plan ? maker.make(plan) : (SourceSummary) planned);
      }
    }
  }

  private static final class PlanOutputCoder
      extends EitherCoder<PlanOutput, ShardPlan, SourceSummary> {
    private static final long serialVersionUID = 1L;
    static final PlanOutputCoder INSTANCE = new PlanOutputCoder();

    PlanOutputCoder() {
      super(
          ShardPlan.class,
          ShardPlan.ShardPlanCoder.of(),
          SourceSummary.class,
          SerializableCoder.of(SourceSummary.class));
    }
  }
}
