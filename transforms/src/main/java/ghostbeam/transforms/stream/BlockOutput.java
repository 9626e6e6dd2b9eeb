package ghostbeam.transforms.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * The output of reading a block: its records in pieces and, last, a summary. They share one
 * PCollection because Flink encodes and decodes each element of a multi-output step, large images
 * included, once per output, and again after a Flatten.
 */
@DefaultCoder(BlockOutput.BlockOutputCoder.class)
public sealed interface BlockOutput permits PlacedRecord, BlockSummary {

  /** Encodes a type byte, then the value with its own coder; not deterministic. */
  final class BlockOutputCoder extends AtomicCoder<BlockOutput> {
    private static final long serialVersionUID = 1L;
    private static final BlockOutputCoder INSTANCE = new BlockOutputCoder();
    private static final int RECORD = 0;
    private static final int SUMMARY = 1;
    private static final Coder<PlacedRecord> RECORDS = PlacedRecord.PlacedRecordCoder.of();
    private static final Coder<BlockSummary> SUMMARIES = SerializableCoder.of(BlockSummary.class);

    private BlockOutputCoder() {}

    /** The coder. */
    public static BlockOutputCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(BlockOutput value, OutputStream out) throws IOException {
      if (value instanceof PlacedRecord row) {
        out.write(RECORD);
        RECORDS.encode(row, out);
      } else {
        out.write(SUMMARY);
        SUMMARIES.encode((BlockSummary) value, out);
      }
    }

    @Override
    public BlockOutput decode(InputStream in) throws IOException {
      int kind = in.read();
      return switch (kind) {
        case RECORD -> RECORDS.decode(in);
        case SUMMARY -> SUMMARIES.decode(in);
        default -> throw new CoderException("byte " + kind + " is no type of block output");
      };
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      throw new NonDeterministicException(this, "Java serialisation of summaries is not deterministic");
    }
  }
}
