package ghostbeam.transforms.execution;

import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A failure that another attempt would only repeat after all of its work, such as of a source with
 * too many bad images. What may pass, such as a store that does not answer, is none.
 */
public final class PermanentFailure {
  /** By this class's own loader, since a thread's may be of another job. */
  private static final Optional<FailureMark> MARK =
      ServiceLoader.load(FailureMark.class, FailureMark.class.getClassLoader()).findFirst();

  private PermanentFailure() {}

  /**
   * What a step throws in place of such a failure.
   *
   * @throws E the failure itself, where nobody knows the runner's mark
   */
  public static <E extends Exception> RuntimeException of(E failure) throws E {
    if (MARK.isEmpty()) {
      throw failure;
    }
    return MARK.get().on(failure);
  }

  /** The same in place of an {@link IllegalStateException} that says so. */
  public static RuntimeException because(String message) {
    return of(new IllegalStateException(message));
  }
}
