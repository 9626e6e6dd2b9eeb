package ghostbeam.transforms.evaluation;

import ghostbeam.model.record.ShardPart;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;

/** Encodes a {@link ShardPart} as two ints, records then CRC32C; deterministic. */
final class ShardPartCoder extends AtomicCoder<ShardPart> {
  private static final ShardPartCoder INSTANCE = new ShardPartCoder();

  private ShardPartCoder() {}

  static ShardPartCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(ShardPart part, OutputStream out) throws IOException {
    BigEndianIntegerCoder.of().encode(part.records(), out);
    BigEndianIntegerCoder.of().encode(part.crc(), out);
  }

  @Override
  public ShardPart decode(InputStream in) throws IOException {
    int records = BigEndianIntegerCoder.of().decode(in);
    return new ShardPart(records, BigEndianIntegerCoder.of().decode(in));
  }

  @Override
  public boolean consistentWithEquals() {
    return true;
  }
}
