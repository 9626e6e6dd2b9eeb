package ghostbeam.transforms.ingest;

/** An image whose bytes are not what its container says they are; the message says why. */
public final class DamagedImageException extends Exception {
  private static final long serialVersionUID = 1L;

  DamagedImageException(String message) {
    super(message);
  }
}
