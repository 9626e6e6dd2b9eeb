package ghostbeam.transforms.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.EvenKeys;
import ghostbeam.transforms.execution.PermanentFailure;
import ghostbeam.transforms.format.Block;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import ghostbeam.transforms.stream.BlockOutput;
import ghostbeam.transforms.stream.BlockSummary;
import ghostbeam.transforms.stream.PlacedRecord;
import ghostbeam.transforms.stream.ReadBlocks;
import ghostbeam.transforms.stream.StreamedSource;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Writes shards from a streamed source: each block is read once, a hash assigns each record its
 * shard and its place there, a {@code GroupByKey} brings a shard's records together, spilling to
 * disk where the engine does, and one worker sorts them and {@linkplain ShardMaker writes} the
 * shard.
 *
 * @param shards number of shards
 */
record StreamedShards(ShardJob job, StreamedSource source, int shards) {
  /**
   * Limit in bytes for a shard's images, which a worker holds in memory: two shards' usual size.
   */
  private static final long MAX_SHARD_BYTES = 256L << 20;

  static StreamedShards of(ShardJob job, StreamedSource source) {
    return new StreamedShards(job, source, job.shards() == 0 ? source.usualShards() : job.shards());
  }

  PCollection<WriteOutput> write(PBegin begin) {
    return begin
        .apply("Source", Create.of(source).withCoder(SerializableCoder.of(StreamedSource.class)))
        .apply("Begin output", ParDo.of(new BeginFn(job, shards)))
        .apply("Read blocks", ReadBlocks.of(job.output().storage(), source, job.seed(), shards))
        .apply("Bring shards together", GroupByKey.create())
        .apply("Write shards", ParDo.of(new SortAndWriteFn(job, source, shards)));
  }

  /** Clears the output, then emits the blocks to read. */
  private static final class BeginFn extends DoFn<StreamedSource, Block> {
    private final ShardJob job;
    private final int shards;

    BeginFn(ShardJob job, int shards) {
      this.job = job;
      this.shards = shards;
    }

    @ProcessElement
    public void begin(@Element StreamedSource source, OutputReceiver<Block> out)
        throws IOException {
      job.claim().requireHeld();
      job.output().clear(shards);
      source.blocks().forEach(out::output);
    }
  }

  /** Sorts a shard's records in memory and writes the shard. */
  private static final class SortAndWriteFn
      extends DoFn<KV<Integer, Iterable<BlockOutput>>, WriteOutput> {
    private final ShardMaker maker;
    private final SourceSums sums;
    private final int shards;

    SortAndWriteFn(ShardJob job, StreamedSource source, int shards) {
      this.maker = new ShardMaker(job);
      this.sums = new SourceSums(job, source);
      this.shards = shards;
    }

    @ProcessElement
    public void write(
        @Element KV<Integer, Iterable<BlockOutput>> grouped, OutputReceiver<WriteOutput> out)
        throws IOException {
      if (grouped.getKey() == EvenKeys.RESERVED) {
        List<BlockSummary> blocks = new ArrayList<>();
        grouped.getValue().forEach(block -> blocks.add((BlockSummary) block));
        out.output(sums.of(blocks));
      } else {
        out.output(maker.make(buffer(grouped.getValue())));
      }
    }

    private BufferedShard buffer(Iterable<BlockOutput> records) throws InvalidSourceException {
      List<PlacedRecord> pieces = new ArrayList<>();
      int shard = 0;
      long bytes = 0;
      for (BlockOutput record : records) {
        PlacedRecord row = (PlacedRecord) record;
        shard = row.place().shard();
        bytes += row.bytes().length;
        if (bytes > MAX_SHARD_BYTES) {
          throw PermanentFailure.of(
              new InvalidSourceException(
                  "shard %d of %d has more than %d MiB of images, the limit for one worker"
                      .formatted(shard + 1, shards, MAX_SHARD_BYTES >> 20),
                  SourceRemedy.MORE_SHARDS.with()));
        }
        if (row.isImage()) {
          pieces.add(row);
        }
      }
      pieces.sort(Comparator.comparing(PlacedRecord::place));
      // Only the shard refers to the pieces, so each image's can be freed once it is written.
      return new BufferedShard(shard, shards, PlacedRecord.images(pieces), bytes);
    }
  }

  /** A shard's images in memory, in record order, each in pieces. */
  private record BufferedShard(
      int shard, int shards, List<List<PlacedRecord>> images, long sourceBytes)
      implements ShardMaker.Content {
    /** Increment whenever the same images and settings would give other bytes. */
    private static final int WORK_VERSION = 2;

    @Override
    public String work(Preparation preparation, String codec) {
      MessageDigest sha256 = Sha256.begin();
      String settings = "streamed " + WORK_VERSION + " " + preparation.toManifest(codec);
      sha256.update(settings.getBytes(UTF_8));
      for (List<PlacedRecord> pieces : images) {
        PlacedRecord image = pieces.get(0);
        for (String text : List.of(image.key(), image.synset(), image.filename(), image.fault())) {
          sha256.update((text + '\0').getBytes(UTF_8));
        }
        sha256.update(
            ByteBuffer.allocate(3 * Integer.BYTES)
                .putInt(image.label())
                .putInt(length(pieces))
                .putInt(crc32c(pieces))
                .flip());
      }
      return Sha256.end(sha256);
    }

    /**
     * Detects a changed image as reliably as a zip's own checksums do, at a tenth of SHA-256's
     * cost.
     */
    private static int crc32c(List<PlacedRecord> pieces) {
      CRC32C sum = new CRC32C();
      pieces.forEach(piece -> sum.update(piece.bytes()));
      return (int) sum.getValue();
    }

    /** Frees each image once the sink has taken it, and a long one's pieces once it is read. */
    @Override
    public void forEach(Storage storage, ShardMaker.Sink sink) throws IOException {
      for (List<PlacedRecord> pieces : images) {
        sink.take(pieces.get(0), () -> body(pieces));
        pieces.clear();
      }
    }

    private static int length(List<PlacedRecord> pieces) {
      return pieces.stream().mapToInt(piece -> piece.bytes().length).sum();
    }

    private static byte[] body(List<PlacedRecord> pieces) throws UndecodableImageException {
      PlacedRecord image = pieces.get(0);
      if (!image.fault().isEmpty()) {
        throw new UndecodableImageException(image.fault());
      }
      if (pieces.size() == 1) {
        return image.bytes();
      }
      ByteBuffer whole = ByteBuffer.allocate(length(pieces));
      pieces.forEach(piece -> whole.put(piece.bytes()));
      pieces.clear();
      return whole.array();
    }
  }

  /** Combines the blocks' summaries and counts skipped files. */
  private record SourceSums(ShardJob job, StreamedSource source) implements Serializable {

    SourceSummary of(List<BlockSummary> all) throws IOException {
      long unlabelled = all.stream().mapToLong(BlockSummary::unlabelled).sum();
      SourceSummary summary;
      try {
        summary = SourceSummary.of(source, all);
        requireEnough(summary.images(), unlabelled);
      } catch (InvalidSourceException e) {
        throw PermanentFailure.of(e);
      }
      if (unlabelled > 0) {
        Metrics.counter(WriteShards.LEFT_OUT, "images without a class").inc(unlabelled);
      }
      long skipped = all.stream().mapToLong(BlockSummary::skipped).sum();
      if (skipped > 0) {
        String example =
            all.stream()
                .map(BlockSummary::example)
                .filter(path -> !path.isEmpty())
                .min(Storage.BYTE_ORDER)
                .orElseThrow();
        Metrics.counter(
                WriteShards.LEFT_OUT,
                "files beside images and labels, such as " + FileNames.shown(example))
            .inc(skipped);
      }
      if (source.others() > 0) {
        Metrics.counter(WriteShards.LEFT_OUT, "files that are no " + source.title())
            .inc(source.others());
      }
      return summary;
    }

    private void requireEnough(long images, long unlabelled) throws InvalidSourceException {
      if (images == 0 && unlabelled > 0) {
        throw new InvalidSourceException(
            "%s has %d records, all without a class, as in an unlabelled test set"
                .formatted(source.images().uri(), unlabelled),
            SourceRemedy.OTHER_SPLIT_OR_SOURCE.with());
      }
      if (job.shards() > images) {
        throw job.tooManyShards(images);
      }
    }
  }
}
