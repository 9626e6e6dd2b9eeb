package ghostbeam.transforms.stream;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.EvenKeys;
import ghostbeam.transforms.form.Block;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Reads a source's blocks forwards, each by one worker and once.
 *
 * <pre>{@code
 * PCollectionTuple read = blocks.apply(ReadBlocks.of(storage, source, seed, shards));
 * }</pre>
 *
 * <p>Output: under {@link #RECORDS} each record that has a class, keyed by {@link EvenKeys} of its
 * shard, in no order; under {@link #SUMMARIES} one element a block. Both are a pure function of
 * source, seed and number of shards. A record that cannot be read travels with its fault; a damaged
 * file, or a label that no class has, fails the job.
 */
public final class ReadBlocks extends PTransform<PCollection<Block>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** Each record, by its shard. */
  public static final TupleTag<KV<Integer, PlacedRecord>> RECORDS = new TupleTag<>() {};

  /** One element a block. */
  public static final TupleTag<BlockSummary> SUMMARIES = new TupleTag<>() {};

  private final List<Block> blocks;
  private final ReadBlocksFn reading;

  private ReadBlocks(List<Block> blocks, ReadBlocksFn reading) {
    this.blocks = blocks;
    this.reading = reading;
  }

  /**
   * Of a source's blocks.
   *
   * @param seed of the records' places
   * @param shards among how many they are dealt
   */
  public static ReadBlocks of(Storage storage, StreamedSource source, long seed, int shards) {
    return new ReadBlocks(source.blocks(), new ReadBlocksFn(storage, source, seed, shards));
  }

  /** What {@link #RECORDS} are coded by. */
  public static KvCoder<Integer, PlacedRecord> coder() {
    return KvCoder.of(VarIntCoder.of(), PlacedRecord.PlacedRecordCoder.of());
  }

  @Override
  public PCollectionTuple expand(PCollection<Block> input) {
    PCollectionTuple read =
        input
            .apply("Key by block", ParDo.of(new NumberFn(blocks)))
            .apply("Spread blocks", GroupByKey.create())
            .apply("Read", ParDo.of(reading).withOutputTags(RECORDS, TupleTagList.of(SUMMARIES)));
    read.get(RECORDS).setCoder(coder());
    return read;
  }

  /** Deals blocks to workers, files' neighbouring parts to different ones. */
  private static final class NumberFn extends DoFn<Block, KV<Integer, Block>> {
    /** Divided by most numbers of slots that there are; each key takes a while to find. */
    private static final int KEYS = 720;

    private final Map<Block, Integer> numbers = new HashMap<>();
    private final Map<Integer, Integer> keys = new HashMap<>();

    NumberFn(List<Block> blocks) {
      blocks.forEach(block -> numbers.put(block, numbers.size()));
    }

    @ProcessElement
    public void key(@Element Block block, OutputReceiver<KV<Integer, Block>> out) {
      out.output(KV.of(keys.computeIfAbsent(numbers.get(block) % KEYS, EvenKeys::of), block));
    }
  }
}
