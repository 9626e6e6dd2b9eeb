package ghostbeam.transforms.shard;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.EitherCoder;
import ghostbeam.transforms.execution.EvenKeys;
import ghostbeam.transforms.execution.LastingFailure;
import ghostbeam.transforms.ingest.ImageListing;
import ghostbeam.transforms.ingest.ImageSource;
import ghostbeam.transforms.source.UnfitSourceException;
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
 * Shards of a source whose images are byte ranges: one worker lists it and plans each shard, and
 * only plans travel, never images; the worker that a shard falls to fetches its ranges.
 */
record RangedShards(ShardJob job) {

  /** What planning gives: each shard's plan and, aside, what the source is. */
  sealed interface Planned permits ShardPlan, SourceSummary {}

  PCollection<KV<Integer, Planned>> plan(PBegin begin) {
    return begin
        .apply("Source", Create.of(job.source()))
        .apply("Plan shards", ParDo.of(new PlanFn(job)))
        .setCoder(KvCoder.of(VarIntCoder.of(), PlannedCoder.INSTANCE));
  }

  PCollection<Written> write(PCollection<KV<Integer, Planned>> plans) {
    return plans
        .apply("Spread over workers", GroupByKey.create())
        .apply("Write shards", ParDo.of(new FillFn(job)));
  }

  /**
   * Lists a source and decides which images each shard holds, in one step: a million references are
   * sorted and cut in memory instead of travelling.
   *
   * <p>Input: one element. Output, in no order: each shard's plan, keyed by {@link EvenKeys} of the
   * shard, and one summary under {@link EvenKeys#ASIDE}. Once the source is listed, whatever
   * earlier runs left of the split in the output is deleted, but for what may be whole shards of a
   * plan of as many.
   */
  private static final class PlanFn extends DoFn<ImageSource, KV<Integer, Planned>> {
    private final Counter skipped = Metrics.counter(WriteShards.class, "files_skipped");
    private final ShardJob job;

    PlanFn(ShardJob job) {
      this.job = job;
    }

    @ProcessElement
    public void plan(@Element ImageSource source, OutputReceiver<KV<Integer, Planned>> out)
        throws IOException {
      ImageListing listing = list(job.output().storage(), source);
      skipped.inc(listing.skipped());
      listing
          .leftOut()
          .byKind()
          .forEach((kind, files) -> Metrics.counter(WriteShards.LEFT_OUT, kind).inc(files));
      int images = listing.images().size();
      if (job.shards() > images) {
        throw LastingFailure.of(job.tooManyShards(images));
      }
      int shards = job.shards() == 0 ? ShardPlan.usualShards(images) : job.shards();
      List<ShardPlan> plans = ShardPlan.of(listing.images(), shards, job.seed());
      job.claim().requireHeld();
      job.output().clear(plans.size());
      out.output(KV.of(EvenKeys.ASIDE, SourceSummary.of(source.uri(), listing)));
      plans.forEach(plan -> out.output(KV.of(EvenKeys.of(plan.shard()), plan)));
    }

    private static ImageListing list(Storage storage, ImageSource source) throws IOException {
      try {
        return ImageListing.of(storage, source);
      } catch (UnfitSourceException e) {
        throw LastingFailure.of(e);
      }
    }
  }

  /**
   * Writes each planned shard where it lands: one worker opens the shard's sources and {@linkplain
   * ShardMaker makes} it of their images in the plan's order. The files are a pure function of
   * plan, sources and preparation, at any parallelism. The sources are not read for a shard that is
   * kept.
   */
  private static final class FillFn extends DoFn<KV<Integer, Iterable<Planned>>, Written> {
    private final ShardMaker maker;

    FillFn(ShardJob job) {
      this.maker = new ShardMaker(job);
    }

    @ProcessElement
    public void write(@Element KV<Integer, Iterable<Planned>> plans, OutputReceiver<Written> out)
        throws IOException {
      for (Planned planned : plans.getValue()) {
        out.output(planned instanceof ShardPlan plan ? maker.make(plan) : (SourceSummary) planned);
      }
    }
  }

  private static final class PlannedCoder extends EitherCoder<Planned, ShardPlan, SourceSummary> {
    private static final long serialVersionUID = 1L;
    static final PlannedCoder INSTANCE = new PlannedCoder();

    PlannedCoder() {
      super(
          ShardPlan.class,
          ShardPlan.ShardPlanCoder.of(),
          SourceSummary.class,
          SerializableCoder.of(SourceSummary.class));
    }
  }
}
