package ghostbeam.pipelines.cli;

import java.util.function.Supplier;

/** An invalid command, flag or value; the message is one line for the user. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Keeps the message on one line, even if it repeats line breaks from the user's input. */
  public UsageException(String message) {
    super(message.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]+", "?"));
  }

  /** The supplier's result; turns its {@link IllegalArgumentException} into a usage error. */
  public static <T> T ofFlags(Supplier<T> factory) {
    try {
      return factory.get();
    } catch (IllegalArgumentException e) {
      throw new UsageException(Words.oneLine(e));
    }
  }

  /** Throws unless a flag's value is as expected. */
  public static void require(boolean holds, String flag, Object value, String expected) {
    if (!holds) {
      throw new UsageException("--" + flag + "=" + value + " is invalid; expected " + expected);
    }
  }
}
