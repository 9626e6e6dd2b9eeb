package ghostbeam.transforms.shard;

import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Writes each planned shard where it lands: one worker opens the shard's sources, prepares its
 * images in the plan's order and writes file and index, whole or not at all.
 *
 * <p>Only plans travel, never images. Output: one element a shard, in no order. An image that
 * cannot be read or decoded is in its shard's rejections; a source or output that fails, fails the
 * job. The files are a pure function of plan, sources and preparation, at any parallelism.
 */
public final class WriteShards
    extends PTransform<PCollection<ShardPlan>, PCollection<ShardSummary>> {
  private final DatasetFolder output;
  private final Preparation preparation;

  public WriteShards(DatasetFolder output, Preparation preparation) {
    this.output = output;
    this.preparation = preparation;
  }

  @Override
  public PCollection<ShardSummary> expand(PCollection<ShardPlan> plans) {
    return plans
        .apply(
            "Key by shard", WithKeys.of(ShardPlan::shard).withKeyType(TypeDescriptors.integers()))
        .apply("Spread over workers", GroupByKey.create())
        .apply("Write", ParDo.of(new WriteShardFn(output, preparation)));
  }
}
