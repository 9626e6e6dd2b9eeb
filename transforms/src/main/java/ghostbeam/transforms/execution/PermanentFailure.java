package ghostbeam.transforms.execution;

import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Failures that a retry would only repeat, such as too many bad images in a source. Transient ones,
 * such as a store that does not answer, are not.
 */
public final class PermanentFailure {
  /** Loaded by this class's loader, since a thread's context loader may belong to another job. */
  private static final Optional<FailureMark> MARK =
      ServiceLoader.load(FailureMark.class, FailureMark.class.getClassLoader()).findFirst();

  private PermanentFailure() {}

  /**
   * The exception for a step to throw instead of a permanent failure.
   *
   * @throws E the failure itself, if no {@link FailureMark} is installed
   */
  public static <E extends Exception> RuntimeException of(E failure) throws E {
    if (MARK.isEmpty()) {
      throw failure;
    }
    return MARK.get().on(failure);
  }

  /** The same for an {@link IllegalStateException} with this message. */
  public static RuntimeException because(String message) {
    return of(new IllegalStateException(message));
  }
}
