package ghostbeam.transforms.stream;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.EvenKeys;
import ghostbeam.transforms.execution.PermanentFailure;
import ghostbeam.transforms.format.Block;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.format.StreamedFormat;
import ghostbeam.transforms.format.StreamedRecord;
import ghostbeam.transforms.source.InvalidSourceException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Reads blocks and assigns every record its label, shard and place. */
final class ReadBlocksFn extends DoFn<KV<Integer, Iterable<Block>>, KV<Integer, BlockOutput>> {
  private final Storage storage;
  private final String format;
  private final Block first;
  private final Labels labels;
  private final long seed;
  private final int shards;
  private final Map<Integer, Integer> keys = new HashMap<>();

  ReadBlocksFn(Storage storage, StreamedSource source, long seed, int shards) {
    this.storage = storage;
    this.format = source.format();
    this.first = source.blocks().get(0);
    this.labels = source.labels();
    this.seed = seed;
    this.shards = shards;
  }

  @ProcessElement
  public void read(
      @Element KV<Integer, Iterable<Block>> blocks, OutputReceiver<KV<Integer, BlockOutput>> out)
      throws IOException {
    for (Block block : blocks.getValue()) {
      if (block.equals(first)) {
        emitPlaceholders(out);
      }
      BlockReading reading = new BlockReading(block, out);
      try {
        SourceFormats.of(format).read(storage, block, reading);
      } catch (InvalidSourceException e) {
        throw PermanentFailure.of(e);
      }
      out.output(KV.of(EvenKeys.RESERVED, reading.summary()));
    }
  }

  /** Makes sure that shards without records are written, too. */
  private void emitPlaceholders(OutputReceiver<KV<Integer, BlockOutput>> out) {
    for (int shard = 0; shard < shards; shard++) {
      out.output(KV.of(key(shard), PlacedRecord.placeholder(shard)));
    }
  }

  private int key(int shard) {
    return keys.computeIfAbsent(shard, EvenKeys::of);
  }

  /** Labels, places and emits the records of one block. */
  private final class BlockReading implements StreamedFormat.Sink {
    private final Block block;
    private final OutputReceiver<KV<Integer, BlockOutput>> out;
    private final RecordLines.Writer lines = new RecordLines.Writer();
    private final Map<Integer, String> classes = new TreeMap<>();
    private long records;
    private long unlabelled;
    private long skipped;
    private String example = "";

    BlockReading(Block block, OutputReceiver<KV<Integer, BlockOutput>> out) {
      this.block = block;
      this.out = out;
    }

    @Override
    public boolean take(StreamedRecord row) throws IOException {
      boolean faulty = !row.fault().isEmpty();
      OptionalInt label = faulty ? OptionalInt.of(0) : labels.label(row);
      if (label.isEmpty()) {
        unlabelled++;
        return true;
      }
      String name = faulty ? "" : labels.name(row, label.getAsInt());
      if (!faulty) {
        requireOneName(row, label.getAsInt(), name);
      }
      records++;
      lines.add(row);
      Placement place = Placement.of(seed, block.name(), row.position(), shards);
      int key = key(place.shard());
      new PlacedRecord(
              place, row.key(), label.getAsInt(), name, row.filename(), row.bytes(), row.fault())
          .forEachPiece(piece -> out.output(KV.of(key, piece)));
      return true;
    }

    @Override
    public void skip(String path) {
      skipped++;
      example = example.isEmpty() ? path : example;
    }

    private void requireOneName(StreamedRecord row, int label, String name)
        throws InvalidSourceException {
      String before = classes.putIfAbsent(label, name);
      if (before != null && !before.equals(name)) {
        throw new InvalidSourceException(
            "%s names the class of label %d %s, others %s"
                .formatted(row.key(), label, name, before));
      }
    }

    BlockSummary summary() throws IOException {
      return new BlockSummary(block, records, unlabelled, skipped, example, lines.end(), classes);
    }
  }
}
