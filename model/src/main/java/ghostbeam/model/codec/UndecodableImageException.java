package ghostbeam.model.codec;

/** Bytes that are not an image, or a broken or rejected one; the message says why. */
public final class UndecodableImageException extends Exception {
  private static final long serialVersionUID = 1L;

  public UndecodableImageException(String message) {
    super(message);
  }

  /** A file that violates its format; the cause says how. */
  static UndecodableImageException broken(String format, String cause) {
    return new UndecodableImageException("broken " + format + ": " + cause);
  }

  static UndecodableImageException truncated(String format, int bytes) {
    return new UndecodableImageException(
        "truncated " + format + ": it ends after " + bytes + " bytes");
  }
}
