package ghostbeam.model.codec;

/** An image's bytes that are no image, or a broken or refused one; the message says why. */
public final class UndecodableImageException extends Exception {
  private static final long serialVersionUID = 1L;

  public UndecodableImageException(String message) {
    super(message);
  }

  /** Of a file that its format forbids; the cause tells what is wrong with it. */
  static UndecodableImageException broken(String format, String cause) {
    return new UndecodableImageException("broken " + format + ": " + cause);
  }

  static UndecodableImageException truncated(String format, int bytes) {
    return new UndecodableImageException(
        "truncated " + format + ": it ends after " + bytes + " bytes");
  }
}
