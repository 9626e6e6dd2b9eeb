package ghostbeam.transforms.evaluation;

import ghostbeam.model.scoring.Tally;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;

/** Encodes a {@link Tally} as its length-prefixed wire format; deterministic. */
public final class TallyCoder extends AtomicCoder<Tally> {
  private static final TallyCoder INSTANCE = new TallyCoder();

  private TallyCoder() {}

  public static TallyCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(Tally tally, OutputStream out) throws IOException {
    ByteArrayCoder.of().encode(tally.toBytes(), out);
  }

  @Override
  public Tally decode(InputStream in) throws IOException {
    return Tally.fromBytes(ByteArrayCoder.of().decode(in));
  }

  @Override
  public boolean consistentWithEquals() {
    return true;
  }
}
