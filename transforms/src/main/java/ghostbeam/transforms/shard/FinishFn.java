package ghostbeam.transforms.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/**
 * Turns written shards into a dataset: writes the list of rejected images and the class titles, if
 * any, then the manifest, and deletes the files that resuming would need.
 *
 * <p>Input: one element, all shards of the plan and the source's summary in any order. Output: the
 * manifest's path. Fails without writing a manifest if more images were rejected than allowed, none
 * is left, the shards do not account for every image of the source, or a file is no longer what was
 * written.
 */
final class FinishFn extends DoFn<KV<Void, Iterable<WriteOutput>>, String> {
  private final Counter sourceBytes = Metrics.counter(WriteShards.class, WriteShards.SOURCE_BYTES);
  private final ShardJob job;

  FinishFn(ShardJob job) {
    this.job = job;
  }

  @ProcessElement
  public void finish(@Element KV<Void, Iterable<WriteOutput>> written, OutputReceiver<String> out)
      throws IOException {
    List<WrittenShard> allShards = new ArrayList<>();
    List<SourceSummary> source = new ArrayList<>();
    for (WriteOutput one : written.getValue()) {
      if (one instanceof WrittenShard shard) {
        allShards.add(shard);
      } else {
        source.add((SourceSummary) one);
      }
    }
    new DatasetFinisher(job).write(source.get(0), allShards);
    List<ShardSummary> shards = allShards.stream().map(WrittenShard::summary).toList();
    sourceBytes.inc(shards.stream().mapToLong(ShardSummary::sourceBytes).sum());
    for (ShardSummary shard : shards) {
      shard
          .converted()
          .forEach((format, n) -> Metrics.counter(WriteShards.CONVERTED, format).inc(n));
    }
    out.output(job.output().manifestPath());
  }
}
