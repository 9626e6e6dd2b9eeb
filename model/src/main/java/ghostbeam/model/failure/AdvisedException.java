package ghostbeam.model.failure;

import java.io.IOException;
import java.util.Optional;

/** Files, or the machines that ran, are not as what was asked for needs them. */
public final class AdvisedException extends IOException implements Advised {
  private static final long serialVersionUID = 1L;

  private final Advice advice;

  /** Says what is the matter, and apart from it what to do. */
  public AdvisedException(String message, Advice advice) {
    super(message);
    this.advice = advice;
  }

  /** The same, with what it came of; there may be nothing to do. */
  public AdvisedException(String message, Optional<Advice> advice, Throwable cause) {
    super(message, cause);
    this.advice = advice.orElse(null);
  }

  @Override
  public Optional<Advice> advice() {
    return Optional.ofNullable(advice);
  }
}
