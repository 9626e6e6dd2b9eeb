package ghostbeam.transforms.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * Turns written shards into a dataset: writes the list of rejected images and the class titles, if
 * any, then the manifest, and deletes the files that resuming would need.
 *
 * <p>Input: one element, all shards of the plan in any order. Output: the manifest's path. Fails
 * without writing a manifest if more images were rejected than allowed, none is left, the shards do
 * not account for every image of the source, or a file is no longer what was written.
 */
final class FinishFn extends DoFn<KV<Void, Iterable<WrittenShard>>, String> {
  private final Counter sourceBytes = Metrics.counter(WriteShards.class, WriteShards.SOURCE_BYTES);
  private final ShardJob job;
  private final PCollectionView<Iterable<SourceSummary>> source;

  /**
   * Finishes a job.
   *
   * @param source side input with one element
   */
  FinishFn(ShardJob job, PCollectionView<Iterable<SourceSummary>> source) {
    this.job = job;
    this.source = source;
  }

  @ProcessElement
  public void finish(ProcessContext context) throws IOException {
    List<WrittenShard> whole = new ArrayList<>();
    context.element().getValue().forEach(whole::add);
    new DatasetFinisher(job).write(context.sideInput(source).iterator().next(), whole);
    List<ShardSummary> shards = whole.stream().map(WrittenShard::summary).toList();
    sourceBytes.inc(shards.stream().mapToLong(ShardSummary::sourceBytes).sum());
    for (ShardSummary shard : shards) {
      shard
          .converted()
          .forEach((format, n) -> Metrics.counter(WriteShards.CONVERTED, format).inc(n));
    }
    context.output(job.output().manifestPath());
  }
}
