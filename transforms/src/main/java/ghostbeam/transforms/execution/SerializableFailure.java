package ghostbeam.transforms.execution;

import ghostbeam.model.failure.Advised;
import ghostbeam.model.failure.AdvisedException;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;

/**
 * Makes failures serialisable. A runner serialises a worker's failure to report it to the client,
 * and one that cannot be serialised, often because of its cause, may not be reported at all.
 */
public final class SerializableFailure {
  private SerializableFailure() {}

  /**
   * The failure itself, or if it cannot be serialised a copy with its message, stack trace and
   * advice.
   */
  public static Throwable of(Throwable failure) {
    if (failure == null || isSerializable(failure)) {
      return failure;
    }
    Throwable cause = of(failure.getCause());
    IOException copy =
        failure instanceof Advised advised
            ? new AdvisedException(failure.getMessage(), advised.advice(), cause)
            : new IOException(failure.toString(), cause);
    copy.setStackTrace(failure.getStackTrace());
    return copy;
  }

  private static boolean isSerializable(Throwable failure) {
    try (ObjectOutputStream out = new ObjectOutputStream(OutputStream.nullOutputStream())) {
      out.writeObject(failure);
      return true;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }
}
