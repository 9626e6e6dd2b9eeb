package ghostbeam.model.image;

/** Decodes image files by their bytes and encodes JPEG. Thread-safe. */
public interface Codec {

  /** The fastest codec this machine has: TurboJPEG where installed, else OpenCV. */
  static Codec best() {
    throw new UnsupportedOperationException("STUB");
  }

  /** {@code turbojpeg} or {@code opencv}. */
  String name();

  /** Decodes to RGB; EXIF orientation is ignored. */
  Pixels decode(byte[] encoded) throws UndecodableImageException;

  /** Encodes as baseline JPEG, 4:2:0. */
  byte[] encodeJpeg(Pixels image, int quality);
}
