package ghostbeam.pipelines.cli;

import java.util.function.Supplier;

/** Wrong usage: a command, flag or value that cannot be; the message is one line for its user. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message is of one line, whatever of a user's words it repeats. */
  public UsageException(String message) {
    super(message.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]+", "?"));
  }

  /** What is made of flags' values; where those cannot be, the message is the maker's. */
  public static <T> T ofFlags(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new UsageException(Words.oneLine(e));
    }
  }

  /** Throws where a flag's value is not what is expected. */
  public static void require(boolean holds, String flag, Object value, String expected) {
    if (!holds) {
      throw new UsageException("--" + flag + "=" + value + " cannot be; expected " + expected);
    }
  }
}
