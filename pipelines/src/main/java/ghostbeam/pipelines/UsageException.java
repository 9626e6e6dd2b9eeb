package ghostbeam.pipelines;

/** Wrong usage: a command, flag or value that cannot be; the message is one line for its user. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }
}
