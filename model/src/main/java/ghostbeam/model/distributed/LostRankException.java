package ghostbeam.model.distributed;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.Advised;
import java.util.Optional;

/**
 * Another rank has left or does not respond, so that collective operations are no longer possible.
 */
public final class LostRankException extends IllegalStateException implements Advised {
  private static final long serialVersionUID = 1L;

  private final Advice advice;

  LostRankException(String message) {
    this(message, null);
  }

  /** With advice, where a rank was given up after a timeout. */
  LostRankException(String message, Advice advice) {
    super(message);
    this.advice = advice;
  }

  @Override
  public Optional<Advice> advice() {
    return Optional.ofNullable(advice);
  }

  @SuppressWarnings("OverrideThrowableToString") // the message is for users, see Advised
  @Override
  public String toString() {
    return withRemedy(super.toString());
  }
}
