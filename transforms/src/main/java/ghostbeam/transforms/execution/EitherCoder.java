package ghostbeam.transforms.execution;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;

/**
 * Coder of a PCollection with elements of two classes: writes a type byte, then the element with
 * its class's coder. One PCollection of two classes is cheaper than a step with two outputs: Flink
 * encodes and decodes each element of a multi-output step once per output.
 *
 * @param <T> the common supertype
 * @param <A> the first class
 * @param <B> the second class
 */
public abstract class EitherCoder<T, A extends T, B extends T> extends AtomicCoder<T> {
  private static final long serialVersionUID = 1L;
  private static final int FIRST = 0;
  private static final int SECOND = 1;

  private final Class<A> first;
  private final Coder<A> firstCoder;
  private final Class<B> second;
  private final Coder<B> secondCoder;

  /** A coder of two disjoint classes. */
  protected EitherCoder(
      Class<A> first, Coder<A> firstCoder, Class<B> second, Coder<B> secondCoder) {
    this.first = first;
    this.firstCoder = firstCoder;
    this.second = second;
    this.secondCoder = secondCoder;
  }

  @Override
  public void encode(T value, OutputStream out) throws IOException {
    if (first.isInstance(value)) {
      out.write(FIRST);
      firstCoder.encode(first.cast(value), out);
    } else {
      out.write(SECOND);
      secondCoder.encode(second.cast(value), out);
    }
  }

  @Override
  public T decode(InputStream in) throws IOException {
    int kind = in.read();
    return switch (kind) {
      case FIRST -> firstCoder.decode(in);
      case SECOND -> secondCoder.decode(in);
      default ->
          throw new CoderException(
              "type byte %d is neither %s nor %s"
                  .formatted(kind, first.getSimpleName(), second.getSimpleName()));
    };
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    firstCoder.verifyDeterministic();
    secondCoder.verifyDeterministic();
  }
}
