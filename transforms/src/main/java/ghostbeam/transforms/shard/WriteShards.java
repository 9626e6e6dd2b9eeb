package ghostbeam.transforms.shard;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.Manifest;
import ghostbeam.model.record.Rejection;
import ghostbeam.model.record.ShardNames;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.record.Storage;
import ghostbeam.transforms.fetch.ImageReader;
import ghostbeam.transforms.ingest.ImageRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger(WriteShards.class);

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
            "Key by shard",
            WithKeys.of((ShardPlan plan) -> EvenKeys.of(plan.shard()))
                .withKeyType(TypeDescriptors.integers()))
        .apply("Spread over workers", GroupByKey.create())
        .apply("Write", ParDo.of(new WriteShardFn(output, preparation)));
  }

  /** Writes a shard from first to last image, holding one image at a time. */
  static final class WriteShardFn extends DoFn<KV<Integer, Iterable<ShardPlan>>, ShardSummary> {
    private final Counter read = Metrics.counter(WriteShards.class, "images_read");
    private final Counter decoded = Metrics.counter(WriteShards.class, "images_decoded");
    private final Counter rejected = Metrics.counter(WriteShards.class, "images_rejected");
    private final Counter bytesRead = Metrics.counter(WriteShards.class, "bytes_read");

    private final DatasetFolder output;
    private final Preparation preparation;
    private transient Codec codec;

    WriteShardFn(DatasetFolder output, Preparation preparation) {
      this.output = output;
      this.preparation = preparation;
    }

    @Setup
    public void setUp() {
      codec = Codec.best();
    }

    @ProcessElement
    public void write(
        @Element KV<Integer, Iterable<ShardPlan>> plans, OutputReceiver<ShardSummary> out)
        throws IOException {
      for (ShardPlan plan : plans.getValue()) {
        ShardSummary summary = write(plan);
        LOG.info(
            "shard {} of {}: {} images, {} rejected, {} bytes",
            plan.shard() + 1,
            plan.shards(),
            summary.records(),
            summary.rejected().size(),
            summary.bytes());
        out.output(summary);
      }
    }

    private ShardSummary write(ShardPlan plan) throws IOException {
      String file = ShardNames.shard(output.split(), plan.shard(), plan.shards());
      String temporary = output.temporaryPath(file);
      boolean whole = false;
      try {
        ShardSummary summary = write(plan, file, temporary);
        whole = true;
        return summary;
      } finally {
        if (!whole) {
          output.storage().delete(temporary);
        }
      }
    }

    private ShardSummary write(ShardPlan plan, String file, String temporary) throws IOException {
      Storage storage = output.storage();
      List<Rejection> rejections = new ArrayList<>();
      Map<Integer, Long> recordsByLabel = new TreeMap<>();
      ShardWriter writer = new ShardWriter(storage.create(temporary));
      try (writer;
          ImageReader reader = new ImageReader(storage, plan.images())) {
        for (ImageRef image : plan.images()) {
          Optional<Example> example = prepare(image, reader, rejections);
          if (example.isPresent()) {
            writer.write(example.get());
            recordsByLabel.merge(image.label(), 1L, Long::sum);
          }
        }
        bytesRead.inc(reader.bytesRead());
      }
      storage.writeWhole(output.path(ShardNames.index(file)), ByteBuffer.wrap(writer.index()));
      storage.rename(temporary, output.path(file));
      Manifest.Shard shard = writer.shard(file);
      return new ShardSummary(
          plan.shard(),
          file,
          shard.records(),
          shard.bytes(),
          shard.crc32c(),
          recordsByLabel,
          rejections,
          codec.name());
    }

    private Optional<Example> prepare(
        ImageRef image, ImageReader reader, List<Rejection> rejections) throws IOException {
      String step = "read";
      try {
        byte[] bytes = reader.next();
        read.inc();
        step = "decode";
        Example example = preparation.prepare(image, bytes, codec);
        decoded.inc();
        return Optional.of(example);
      } catch (UndecodableImageException e) {
        rejected.inc();
        rejections.add(new Rejection(image.key(), step, e.getMessage()));
        return Optional.empty();
      }
    }
  }
}
