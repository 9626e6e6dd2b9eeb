package ghostbeam.transforms.execution;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;

/**
 * Failures on their way from a worker to whoever started the job. A runner serialises them, and of
 * one that cannot be, since its cause holds what cannot, no word may arrive.
 */
public final class SerializableFailure {
  private SerializableFailure() {}

  /** The same failure, or where it cannot be serialised one with its words and stack trace. */
  public static Throwable of(Throwable failure) {
    if (failure == null || isSerializable(failure)) {
      return failure;
    }
    Throwable cause = failure.getCause();
    IOException likeness = new IOException(failure.toString(), of(cause));
    likeness.setStackTrace(failure.getStackTrace());
    return likeness;
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
