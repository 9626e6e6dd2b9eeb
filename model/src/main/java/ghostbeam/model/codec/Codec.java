package ghostbeam.model.codec;

/**
 * Decodes image files by their bytes and encodes JPEG. Thread-safe.
 *
 * <p>All codecs decode JPEG (grey, colour, CMYK; baseline and progressive), PNG (also palette, 16
 * bits, alpha over white), GIF's first frame, BMP and WebP, and refuse the same files. Pixels of
 * JPEG files may differ by a few grey levels between them.
 */
public interface Codec {
  /** The system property that forces a codec: {@code turbojpeg} or {@code opencv}. */
  String PROPERTY = "ghostbeam.codec";

  /**
   * The fastest codec this machine has: TurboJPEG where installed, else OpenCV; or the one that the
   * system property {@value #PROPERTY} names.
   *
   * @throws IllegalStateException where the named one is not there
   */
  static Codec best() {
    return Codecs.best();
  }

  /** {@code turbojpeg} or {@code opencv}. */
  String name();

  /**
   * Decodes to RGB; EXIF orientation is ignored.
   *
   * @throws UndecodableImageException for no image, a truncated or broken one, or one of more than
   *     {@link ImageHeader#MAX_PIXELS}, which is found before memory is taken for it
   */
  Pixels decode(byte[] encoded) throws UndecodableImageException;

  /**
   * Encodes as baseline JPEG, 4:2:0.
   *
   * @param quality 1 to 100
   */
  byte[] encodeJpeg(Pixels image, int quality);

  /** Throws unless a JPEG quality is 1 to 100. */
  static void checkQuality(int quality) {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("JPEG quality " + quality + ", expected 1 to 100");
    }
  }
}
