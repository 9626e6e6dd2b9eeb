package ghostbeam.model.failure;

import java.io.IOException;
import java.util.Optional;

/** Files or machines do not fit what was requested. */
public class AdvisedException extends IOException implements Advised {
  private static final long serialVersionUID = 1L;

  private final Advice advice;

  /**
   * A failure without a cause.
   *
   * @param message what happened, without what to do about it
   * @param advice null if nothing can be done
   */
  public AdvisedException(String message, Advice advice) {
    super(message);
    this.advice = advice;
  }

  /** The same with a cause. */
  public AdvisedException(String message, Optional<Advice> advice, Throwable cause) {
    super(message, cause);
    this.advice = advice.orElse(null);
  }

  @Override
  public final Optional<Advice> advice() {
    return Optional.ofNullable(advice);
  }

  @SuppressWarnings("OverrideThrowableToString") // the message is for users, see Advised
  @Override
  public final String toString() {
    return withRemedy(super.toString());
  }
}
