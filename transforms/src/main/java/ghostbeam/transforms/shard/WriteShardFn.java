package ghostbeam.transforms.shard;

import java.io.IOException;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/**
 * Writes each planned shard on the worker that receives its plan, which {@linkplain ShardMaker reads}
 * the images from the sources in the plan's order.
 *
 * <p>Only plans are shuffled, never images. Output: one element per shard, in no order. The files are
 * a pure function of plan, sources and preparation. Sources are not read for a shard kept from an
 * earlier run.
 */
final class WriteShardFn extends DoFn<KV<Integer, Iterable<ShardPlan>>, WrittenShard> {
  private final ShardMaker maker;

  WriteShardFn(ShardJob job) {
    this.maker = new ShardMaker(job);
  }

  @ProcessElement
  public void write(@Element KV<Integer, Iterable<ShardPlan>> plans, OutputReceiver<WrittenShard> out)
      throws IOException {
    for (ShardPlan plan : plans.getValue()) {
      out.output(maker.make(plan));
    }
  }
}
