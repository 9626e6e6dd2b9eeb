package ghostbeam.transforms.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/**
 * Turns written shards into a dataset: the list of rejected images, if any, what people call the
 * classes, if that is known, then the manifest.
 *
 * <p>Input: one element, every shard of the plan and the source's summary in any order. Output: the
 * manifest's path. Fails, leaving no manifest, if more images were rejected than allowed, none is
 * left, the shards do not account for every image of the source, or a file is no longer what was
 * written. Then deletes what would have served to resume the run.
 */
final class FinishFn extends DoFn<KV<Void, Iterable<Written>>, String> {
  private final Counter sourceBytes = Metrics.counter(WriteShards.class, WriteShards.SOURCE_BYTES);
  private final ShardJob job;

  FinishFn(ShardJob job) {
    this.job = job;
  }

  @ProcessElement
  public void finish(@Element KV<Void, Iterable<Written>> written, OutputReceiver<String> out)
      throws IOException {
    List<WholeShard> whole = new ArrayList<>();
    List<SourceSummary> source = new ArrayList<>();
    for (Written one : written.getValue()) {
      if (one instanceof WholeShard shard) {
        whole.add(shard);
      } else {
        source.add((SourceSummary) one);
      }
    }
    new DatasetEnd(job).write(source.get(0), whole);
    List<ShardSummary> shards = whole.stream().map(WholeShard::summary).toList();
    sourceBytes.inc(shards.stream().mapToLong(ShardSummary::sourceBytes).sum());
    for (ShardSummary shard : shards) {
      shard
          .converted()
          .forEach((format, n) -> Metrics.counter(WriteShards.CONVERTED, format).inc(n));
    }
    out.output(job.output().manifestPath());
  }
}
