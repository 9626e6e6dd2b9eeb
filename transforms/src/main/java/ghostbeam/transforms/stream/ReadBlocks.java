package ghostbeam.transforms.stream;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.EvenKeys;
import ghostbeam.transforms.format.Block;
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

/**
 * Reads a source's blocks, each sequentially and once, by one worker.
 *
 * <pre>{@code
 * PCollection<KV<Integer, BlockOutput>> read =
 *     blocks.apply(ReadBlocks.of(storage, source, seed, shards));
 * }</pre>
 *
 * <p>Output, in no order: each record that has a class, in pieces, and one placeholder per shard,
 * keyed by {@link EvenKeys} of the shard; and under {@link EvenKeys#RESERVED} one {@link
 * BlockSummary} per block. All are a pure function of source, seed and number of shards. A record
 * that cannot be read is passed on with its fault; a damaged file, or a label without a class,
 * fails the job.
 */
public final class ReadBlocks
    extends PTransform<PCollection<Block>, PCollection<KV<Integer, BlockOutput>>> {
  private static final long serialVersionUID = 1L;

  private final List<Block> blocks;
  private final ReadBlocksFn reading;

  private ReadBlocks(List<Block> blocks, ReadBlocksFn reading) {
    this.blocks = blocks;
    this.reading = reading;
  }

  /**
   * Reads a source's blocks.
   *
   * @param seed of the records' random placement
   * @param shards number of shards
   */
  public static ReadBlocks of(Storage storage, StreamedSource source, long seed, int shards) {
    return new ReadBlocks(source.blocks(), new ReadBlocksFn(storage, source, seed, shards));
  }

  @Override
  public PCollection<KV<Integer, BlockOutput>> expand(PCollection<Block> input) {
    return input
        .apply("Key by block", ParDo.of(new NumberFn(blocks)))
        .apply("Spread blocks", GroupByKey.create())
        .apply("Read", ParDo.of(reading))
        .setCoder(KvCoder.of(VarIntCoder.of(), BlockOutput.BlockOutputCoder.of()));
  }

  /** Spreads blocks over workers, neighbouring parts of a file to different ones. */
  private static final class NumberFn extends DoFn<Block, KV<Integer, Block>> {
    /** Divisible by most common numbers of slots; small, since finding each key takes a while. */
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
