package ghostbeam.transforms.shard;

import java.io.IOException;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/**
 * Writes each planned shard where it lands: one worker opens the shard's sources and {@linkplain
 * ShardMaker makes} it of their images in the plan's order.
 *
 * <p>Only plans travel, never images. Output: one element a shard, in no order. The files are a
 * pure function of plan, sources and preparation, at any parallelism. The sources are not read for
 * a shard that is kept.
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
