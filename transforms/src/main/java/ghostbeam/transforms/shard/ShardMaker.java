package ghostbeam.transforms.shard;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.LabelledImage;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one shard, from images read in place or streamed: prepares them in order, with one
 * prepared image in memory at a time, and writes the shard file and its index atomically.
 *
 * <p>An image that cannot be read or decoded is added to the shard's rejections; a failing source
 * or output fails the job. A shard that an earlier, unfinished run wrote with the same settings is
 * kept if its bytes are unchanged. A run that has lost its {@link Claim} fails before it publishes
 * a file.
 */
final class ShardMaker implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ShardMaker.class);

  private final Counter read = Metrics.counter(WriteShards.class, "images_read");
  private final Counter decoded = Metrics.counter(WriteShards.class, "images_decoded");
  private final Counter rejected = Metrics.counter(WriteShards.class, "images_rejected");
  private final Counter kept = Metrics.counter(WriteShards.class, WriteShards.KEPT);

  private final ShardJob job;
  private final DatasetFolder output;
  private transient Codec codec;

  /** The images of one shard. */
  interface Content {
    /** Index of the shard, from 0. */
    int shard();

    /** Number of shards in the dataset. */
    int shards();

    /** Digest of everything that the shard's bytes depend on. */
    String work(Preparation preparation, String codec);

    /** Bytes of its images in the source, including rejected ones. */
    long sourceBytes();

    /** Passes each image to the sink, in record order. */
    void forEach(Storage storage, Sink sink) throws IOException;
  }

  /** Receives a shard's images. */
  interface Sink {
    void take(LabelledImage image, Body body) throws IOException;
  }

  /** An image's bytes, read on demand. */
  interface Body {
    byte[] read() throws IOException, UndecodableImageException;
  }

  ShardMaker(ShardJob job) {
    this.job = job;
    this.output = job.output();
  }

  /** Writes the shard, or keeps the one that an earlier run wrote. */
  WrittenShard make(Content content) throws IOException {
    if (codec == null) {
      codec = Codec.best();
    }
    String file = DatasetFolder.shard(output.split(), content.shard(), content.shards());
    String work = content.work(job.preparation(), codec.name());
    Optional<WrittenShard> whole = Receipt.find(output, file, work);
    if (whole.isPresent()) {
      kept.inc();
    }
    WrittenShard shard = whole.isPresent() ? whole.get() : write(content, file, work);
    ShardSummary summary = shard.summary();
    LOG.info(
        "shard {} of {}{}: {} images, {} rejected, {} bytes",
        content.shard() + 1,
        content.shards(),
        whole.isPresent() ? " kept" : "",
        summary.records(),
        summary.rejected().size(),
        summary.bytes());
    return shard;
  }

  private WrittenShard write(Content content, String file, String work) throws IOException {
    String temporary = output.temporaryPath(file);
    output
        .storage()
        .delete(output.path(DatasetFolder.receipt(file))); // it would describe other bytes
    boolean whole = false;
    try {
      WrittenShard shard = writeFiles(content, file, work, temporary);
      whole = true;
      return shard;
    } finally {
      if (!whole) {
        output.storage().delete(temporary);
      }
    }
  }

  private WrittenShard writeFiles(Content content, String file, String work, String temporary)
      throws IOException {
    ShardTally tally = new ShardTally();
    ShardWriter writer = new ShardWriter(output.storage().create(temporary));
    try (writer) {
      content.forEach(
          output.storage(),
          (image, body) -> {
            Optional<Example> example = prepare(image, body, tally);
            if (example.isPresent()) {
              writer.write(example.get());
            }
          });
    }
    byte[] index = writer.index();
    ShardSummary summary =
        tally.summary(
            content.shard(), Manifest.Shard.of(file, writer), codec.name(), content.sourceBytes());
    return publish(new Receipt(work, summary, Receipt.crc32c(index)), index, temporary);
  }

  /** Moves the files to their final names, the receipt last, if the run still has its claim. */
  private WrittenShard publish(Receipt receipt, byte[] index, String temporary) throws IOException {
    job.claim().requireHeld();
    Storage storage = output.storage();
    String file = receipt.summary().file();
    String indexPath = output.path(DatasetFolder.index(file));
    storage.writeWhole(indexPath, ByteBuffer.wrap(index));
    storage.rename(temporary, output.path(file));
    WrittenShard shard = WrittenShard.find(output, receipt);
    storage.requireSame(indexPath, index); // two runs at once would both write this path
    receipt.write(output);
    return shard;
  }

  private Optional<Example> prepare(LabelledImage image, Body body, ShardTally tally)
      throws IOException {
    String step = "read";
    try {
      byte[] bytes = body.read();
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
