package ghostbeam.transforms.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.EvenKeys;
import ghostbeam.transforms.execution.LastingFailure;
import ghostbeam.transforms.form.Block;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.SourceRemedy;
import ghostbeam.transforms.source.UnfitSourceException;
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
 * Shards of a source that is read forwards: every block is read once, each record finds its shard
 * and its place by a hash, the engine brings a shard's records together, spilling them where it
 * spills, and one worker sorts them and {@linkplain ShardMaker makes} the shard.
 *
 * @param shards how many
 */
record StreamedShards(ShardJob job, StreamedSource source, int shards) {
  /** What a worker takes of one shard into memory, in bytes: two usual ones. */
  private static final long MOST_OF_A_SHARD = 256L << 20;

  static StreamedShards of(ShardJob job, StreamedSource source) {
    return new StreamedShards(job, source, job.shards() == 0 ? source.usualShards() : job.shards());
  }

  PCollection<Written> write(PBegin begin) {
    return begin
        .apply("Source", Create.of(source).withCoder(SerializableCoder.of(StreamedSource.class)))
        .apply("Begin output", ParDo.of(new BeginFn(job, shards)))
        .apply("Read blocks", ReadBlocks.of(job.output().storage(), source, job.seed(), shards))
        .apply("Bring shards together", GroupByKey.create())
        .apply("Write shards", ParDo.of(new SortAndFillFn(job, source, shards)));
  }

  /** Makes room in the output, then says what there is to read. */
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

  /** Makes each shard of its records, which one worker holds in memory and sorts. */
  private static final class SortAndFillFn
      extends DoFn<KV<Integer, Iterable<BlockOutput>>, Written> {
    private final ShardMaker maker;
    private final SourceSums sums;
    private final int shards;

    SortAndFillFn(ShardJob job, StreamedSource source, int shards) {
      this.maker = new ShardMaker(job);
      this.sums = new SourceSums(job, source);
      this.shards = shards;
    }

    @ProcessElement
    public void fill(
        @Element KV<Integer, Iterable<BlockOutput>> together, OutputReceiver<Written> out)
        throws IOException {
      if (together.getKey() == EvenKeys.ASIDE) {
        List<BlockSummary> blocks = new ArrayList<>();
        together.getValue().forEach(block -> blocks.add((BlockSummary) block));
        out.output(sums.of(blocks));
      } else {
        out.output(maker.make(held(together.getValue())));
      }
    }

    private Held held(Iterable<BlockOutput> records) throws UnfitSourceException {
      List<PlacedRecord> pieces = new ArrayList<>();
      int shard = 0;
      long bytes = 0;
      for (BlockOutput record : records) {
        PlacedRecord row = (PlacedRecord) record;
        shard = row.place().shard();
        bytes += row.bytes().length;
        if (bytes > MOST_OF_A_SHARD) {
          throw LastingFailure.of(
              new UnfitSourceException(
                  "shard %d of %d has more than %d MiB of images, more than a worker holds"
                      .formatted(shard + 1, shards, MOST_OF_A_SHARD >> 20),
                  SourceRemedy.MORE_SHARDS.with()));
        }
        if (row.isImage()) {
          pieces.add(row);
        }
      }
      pieces.sort(Comparator.comparing(PlacedRecord::place));
      // Nothing else holds the pieces: each image's are let go when it is made.
      return new Held(shard, shards, PlacedRecord.images(pieces), bytes);
    }
  }

  /** A shard's images at hand, in the order of their places, each in pieces. */
  private record Held(int shard, int shards, List<List<PlacedRecord>> images, long sourceBytes)
      implements ShardMaker.Content {
    /** To be raised when the same images and settings come to give other bytes. */
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
     * Tells an image that somebody changed as well as a zip's own sums do, at a tenth of SHA-256's
     * time.
     */
    private static int crc32c(List<PlacedRecord> pieces) {
      CRC32C sum = new CRC32C();
      pieces.forEach(piece -> sum.update(piece.bytes()));
      return (int) sum.getValue();
    }

    /** Lets go of each image when it is taken, and of a long one's pieces when it is read. */
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

  /** Adds up and counts what the blocks held. */
  private record SourceSums(ShardJob job, StreamedSource source) implements Serializable {

    SourceSummary of(List<BlockSummary> all) throws IOException {
      long unlabelled = all.stream().mapToLong(BlockSummary::unlabelled).sum();
      SourceSummary summary;
      try {
        summary = SourceSummary.of(source, all);
        requireEnough(summary.images(), unlabelled);
      } catch (UnfitSourceException e) {
        throw LastingFailure.of(e);
      }
      if (unlabelled > 0) {
        Metrics.counter(WriteShards.LEFT_OUT, "images without a class").inc(unlabelled);
      }
      long passedOver = all.stream().mapToLong(BlockSummary::passedOver).sum();
      if (passedOver > 0) {
        String example =
            all.stream()
                .map(BlockSummary::example)
                .filter(path -> !path.isEmpty())
                .min(Storage.BYTE_ORDER)
                .orElseThrow();
        Metrics.counter(
                WriteShards.LEFT_OUT,
                "files beside images and labels, such as " + FileNames.shown(example))
            .inc(passedOver);
      }
      if (source.others() > 0) {
        Metrics.counter(WriteShards.LEFT_OUT, "files that are no " + source.title())
            .inc(source.others());
      }
      return summary;
    }

    private void requireEnough(long images, long unlabelled) throws UnfitSourceException {
      if (images == 0 && unlabelled > 0) {
        throw new UnfitSourceException(
            "%s has %d records and none has a class, as in a test set without labels"
                .formatted(source.images().uri(), unlabelled),
            SourceRemedy.OTHER_SPLIT_OR_SOURCE.with());
      }
      if (job.shards() > images) {
        throw job.tooManyShards(images);
      }
    }
  }
}
