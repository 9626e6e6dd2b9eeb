package ghostbeam.transforms.shard;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.fetch.ImageReader;
import ghostbeam.transforms.ingest.ImageRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each planned shard where it lands: one worker opens the shard's sources, prepares its
 * images in the plan's order, holding one image at a time, and writes file and index, whole or not
 * at all.
 *
 * <p>Only plans travel, never images. Output: one element a shard, in no order. An image that
 * cannot be read or decoded is in its shard's rejections; a source or output that fails, fails the
 * job. The files are a pure function of plan, sources and preparation, at any parallelism. A shard
 * that an earlier, unfinished run wrote by the same plan is kept if its bytes still are what that
 * run wrote; only then are they read in place of the source. A run that has lost its {@link Claim}
 * fails before it gives a file its name.
 */
final class FillFn extends DoFn<KV<Integer, Iterable<ShardPlan>>, WholeShard> {
  private static final Logger LOG = LoggerFactory.getLogger(FillFn.class);

  private final Counter read = Metrics.counter(WriteShards.class, "images_read");
  private final Counter decoded = Metrics.counter(WriteShards.class, "images_decoded");
  private final Counter rejected = Metrics.counter(WriteShards.class, "images_rejected");
  private final Counter kept = Metrics.counter(WriteShards.class, WriteShards.KEPT);
  private final Counter bytesRead = Metrics.counter(WriteShards.class, "bytes_read");

  private final ShardJob job;
  private final DatasetFolder output;
  private transient Codec codec;

  FillFn(ShardJob job) {
    this.job = job;
    this.output = job.output();
  }

  @Setup
  public void setUp() {
    codec = Codec.best();
  }

  @ProcessElement
  public void write(@Element KV<Integer, Iterable<ShardPlan>> plans, OutputReceiver<WholeShard> out)
      throws IOException {
    for (ShardPlan plan : plans.getValue()) {
      String file = DatasetFolder.shard(output.split(), plan.shard(), plan.shards());
      String work = plan.work(job.preparation(), codec.name());
      Optional<WholeShard> whole = Receipt.find(output, file, work);
      if (whole.isPresent()) {
        kept.inc();
      }
      WholeShard shard = whole.isPresent() ? whole.get() : write(plan, file, work);
      ShardSummary summary = shard.summary();
      LOG.info(
          "shard {} of {}{}: {} images, {} rejected, {} bytes",
          plan.shard() + 1,
          plan.shards(),
          whole.isPresent() ? " kept" : "",
          summary.records(),
          summary.rejected().size(),
          summary.bytes());
      out.output(shard);
    }
  }

  private WholeShard write(ShardPlan plan, String file, String work) throws IOException {
    String temporary = output.temporaryPath(file);
    output
        .storage()
        .delete(output.path(DatasetFolder.receipt(file))); // it would vouch for other bytes
    boolean whole = false;
    try {
      WholeShard shard = writeFiles(plan, file, work, temporary);
      whole = true;
      return shard;
    } finally {
      if (!whole) {
        output.storage().delete(temporary);
      }
    }
  }

  private WholeShard writeFiles(ShardPlan plan, String file, String work, String temporary)
      throws IOException {
    ShardTally tally = new ShardTally();
    ShardWriter writer = new ShardWriter(output.storage().create(temporary));
    try (writer;
        ImageReader reader = new ImageReader(output.storage(), plan.images())) {
      for (ImageRef image : plan.images()) {
        Optional<Example> example = prepare(image, reader, tally);
        if (example.isPresent()) {
          writer.write(example.get());
        }
      }
      bytesRead.inc(reader.bytesRead());
    }
    byte[] index = writer.index();
    ShardSummary summary = tally.summary(plan, Manifest.Shard.of(file, writer), codec.name());
    return publish(new Receipt(work, summary, Receipt.crc32c(index)), index, temporary);
  }

  /** Gives files their names, the receipt last; not those of a run that has lost its place. */
  private WholeShard publish(Receipt receipt, byte[] index, String temporary) throws IOException {
    job.claim().requireHeld();
    Storage storage = output.storage();
    String file = receipt.summary().file();
    String indexPath = output.path(DatasetFolder.index(file));
    storage.writeWhole(indexPath, ByteBuffer.wrap(index));
    storage.rename(temporary, output.path(file));
    WholeShard shard = WholeShard.find(output, receipt);
    storage.requireSame(indexPath, index); // two that lose sight of each other share its name
    receipt.write(output);
    return shard;
  }

  private Optional<Example> prepare(ImageRef image, ImageReader reader, ShardTally tally)
      throws IOException {
    String step = "read";
    try {
      byte[] bytes = reader.next();
      read.inc();
      step = "decode";
      Example example = job.preparation().prepare(image, bytes, codec);
      decoded.inc();
      tally.add(image, ImageHeader.read(bytes));
      return Optional.of(example);
    } catch (UndecodableImageException e) {
      rejected.inc();
      tally.reject(image, step, e.getMessage());
      return Optional.empty();
    }
  }
}
