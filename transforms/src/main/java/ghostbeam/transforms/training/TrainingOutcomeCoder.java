package ghostbeam.transforms.training;

import ghostbeam.model.failure.Advice;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;

/** Encodes a {@link TrainingOutcome}: whether it was trained, its folder, and else the reason. */
public final class TrainingOutcomeCoder extends AtomicCoder<TrainingOutcome> {
  private static final TrainingOutcomeCoder INSTANCE = new TrainingOutcomeCoder();
  private static final Coder<String> TEXT = StringUtf8Coder.of();
  private static final Coder<Advice> ADVICE = SerializableCoder.of(Advice.class);

  private TrainingOutcomeCoder() {}

  public static TrainingOutcomeCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(TrainingOutcome outcome, OutputStream out) throws IOException {
    BooleanCoder.of().encode(outcome instanceof TrainingOutcome.Trained, out);
    TEXT.encode(outcome.folder(), out);
    if (outcome instanceof TrainingOutcome.Diverged diverged) {
      TEXT.encode(diverged.reason(), out);
      ADVICE.encode(diverged.advice(), out);
    }
  }

  @Override
  public TrainingOutcome decode(InputStream in) throws IOException {
    boolean trained = BooleanCoder.of().decode(in);
    String folder = TEXT.decode(in);
    return trained
        ? new TrainingOutcome.Trained(folder)
        : new TrainingOutcome.Diverged(folder, TEXT.decode(in), ADVICE.decode(in));
  }

  @Override
  public boolean consistentWithEquals() {
    return true;
  }
}
