package ghostbeam.model.failure;

import java.io.IOException;
import java.util.Optional;

/** The files or machines at hand do not allow what was asked for. */
public final class AdvisedException extends IOException implements Advised {
  private static final long serialVersionUID = 1L;

  private final Advice advice;

  /** A message that states the problem, and advice on what to do. */
  public AdvisedException(String message, Advice advice) {
    super(message);
    this.advice = advice;
  }

  /** The same with a cause, and advice if there is any. */
  public AdvisedException(String message, Optional<Advice> advice, Throwable cause) {
    super(message, cause);
    this.advice = advice.orElse(null);
  }

  @Override
  public Optional<Advice> advice() {
    return Optional.ofNullable(advice);
  }
}
