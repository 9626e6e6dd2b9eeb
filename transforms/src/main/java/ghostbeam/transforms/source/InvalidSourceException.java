package ghostbeam.transforms.source;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.Advised;
import java.io.IOException;
import java.util.Optional;

/**
 * A readable source whose content cannot be made into a dataset; the message says which and why.
 */
public final class InvalidSourceException extends IOException implements Advised {
  private static final long serialVersionUID = 1L;

  private final Advice advice;

  /** A message with the source, the problem and the remedy. */
  public InvalidSourceException(String message) {
    this(message, null);
  }

  /** A message with the source and the problem, and separately the remedy; advice may be null. */
  public InvalidSourceException(String message, Advice advice) {
    super(message);
    this.advice = advice;
  }

  @Override
  public Optional<Advice> advice() {
    return Optional.ofNullable(advice);
  }
}
