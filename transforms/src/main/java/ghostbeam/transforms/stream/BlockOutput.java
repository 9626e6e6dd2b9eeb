package ghostbeam.transforms.stream;

import ghostbeam.transforms.execution.EitherCoder;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/** The output of reading a block: its records in pieces and, last, a summary. */
@DefaultCoder(BlockOutput.BlockOutputCoder.class)
public sealed interface BlockOutput permits PlacedRecord, BlockSummary {

  /** Not deterministic. */
  final class BlockOutputCoder extends EitherCoder<BlockOutput, PlacedRecord, BlockSummary> {
    private static final long serialVersionUID = 1L;
    private static final BlockOutputCoder INSTANCE = new BlockOutputCoder();

    private BlockOutputCoder() {
      super(
          PlacedRecord.class,
          PlacedRecord.PlacedRecordCoder.of(),
          BlockSummary.class,
          SerializableCoder.of(BlockSummary.class));
    }

    /** The coder. */
    public static BlockOutputCoder of() {
      return INSTANCE;
    }
  }
}
