package ghostbeam.transforms.shard;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.fetch.ImageReader;
import ghostbeam.transforms.ingest.ImageRef;
import java.io.IOException;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
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
final class FillFn extends DoFn<KV<Integer, Iterable<ShardPlan>>, WholeShard> {
  private final Counter bytesRead = Metrics.counter(WriteShards.class, "bytes_read");
  private final ShardMaker maker;

  FillFn(ShardJob job) {
    this.maker = new ShardMaker(job);
  }

  @ProcessElement
  public void write(@Element KV<Integer, Iterable<ShardPlan>> plans, OutputReceiver<WholeShard> out)
      throws IOException {
    for (ShardPlan plan : plans.getValue()) {
      out.output(maker.make(new Fetched(plan)));
    }
  }

  /** A plan's images, read from their sources. */
  private final class Fetched implements ShardMaker.Content {
    private final ShardPlan plan;

    Fetched(ShardPlan plan) {
      this.plan = plan;
    }

    @Override
    public int shard() {
      return plan.shard();
    }

    @Override
    public int shards() {
      return plan.shards();
    }

    @Override
    public String work(Preparation preparation, String codec) {
      return plan.work(preparation, codec);
    }

    @Override
    public long sourceBytes() {
      return plan.images().stream().mapToLong(image -> image.extent().bytes()).sum();
    }

    @Override
    public void forEach(Storage storage, ShardMaker.Sink sink) throws IOException {
      try (ImageReader reader = new ImageReader(storage, plan.images())) {
        for (ImageRef image : plan.images()) {
          sink.take(image, reader::next);
        }
        bytesRead.inc(reader.bytesRead());
      }
    }
  }
}
