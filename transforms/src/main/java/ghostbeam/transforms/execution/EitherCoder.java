package ghostbeam.transforms.execution;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;

/**
 * Coder of a collection whose elements are of one of two classes: a byte that tells which, then
 * what that class's coder writes. One collection of two kinds costs less than two collections from
 * one step: Flink encodes and decodes each element of a step with several outputs once for each of
 * them.
 *
 * @param <T> what both are
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

  /** Of two classes that have no object in common. */
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
              "byte %d tells neither %s nor %s"
                  .formatted(kind, first.getSimpleName(), second.getSimpleName()));
    };
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    firstCoder.verifyDeterministic();
    secondCoder.verifyDeterministic();
  }
}
