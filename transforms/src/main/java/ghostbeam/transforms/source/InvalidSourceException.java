package ghostbeam.transforms.source;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.AdvisedException;

/**
 * A readable source whose content cannot be made into a dataset; the message says which and why.
 */
public final class InvalidSourceException extends AdvisedException {
  private static final long serialVersionUID = 1L;

  /** A message with the source, the problem and the remedy. */
  public InvalidSourceException(String message) {
    this(message, null);
  }

  /** A message with the source and the problem, and separately the remedy; advice may be null. */
  public InvalidSourceException(String message, Advice advice) {
    super(message, advice);
  }
}
