package ghostbeam.model.codec;

import java.util.Locale;
import java.util.Optional;

/**
 * Decodes image files, recognised by their content, and encodes JPEG. Thread-safe.
 *
 * <p>All codecs decode 8-bit JPEG (grey, colour, CMYK; sequential and progressive, Huffman and
 * arithmetic), PNG (including palettes and 16 bits; transparency over white), the first frame of
 * GIF, BMP without run-length coding, and WebP, and reject the same files. Decoded JPEGs may differ
 * by a few grey levels between codecs.
 */
public interface Codec {
  /** The system property that forces a codec: {@code turbojpeg} or {@code opencv}. */
  String PROPERTY = "ghostbeam.codec";

  /** The longest side, in pixels, that libjpeg writes. */
  int MAX_JPEG_SIDE = 65_500;

  /**
   * The fastest codec on this machine: TurboJPEG where installed, else OpenCV; or the one named by
   * the system property {@value #PROPERTY}.
   *
   * @throws IllegalStateException where the named one is not available
   */
  static Codec best() {
    return Codecs.best();
  }

  /** {@code turbojpeg} or {@code opencv}. */
  String name();

  /**
   * Decodes to RGB; EXIF orientation and colour profiles are ignored.
   *
   * @throws UndecodableImageException where the bytes are not an image, truncated or broken, or
   *     have more than {@link ImageHeader#MAX_PIXELS}, which is detected before allocating memory
   */
  default Pixels decode(byte[] encoded) throws UndecodableImageException {
    return decode(encoded, 1);
  }

  /**
   * Decodes to RGB at a fraction of its size, a JPEG by a smaller inverse DCT of each block: all
   * its coded data is read and checked as at full size, but far fewer pixels are computed.
   *
   * @param denominator 1; or 2, 4 or 8 if {@link ImageHeader#canShrink}; both sides are divided by
   *     it and rounded up
   * @throws UndecodableImageException as {@link #decode(byte[])} does
   */
  Pixels decode(byte[] encoded, int denominator) throws UndecodableImageException;

  /**
   * Reads and checks all of a JPEG as {@link #decode(byte[])} does, without keeping its pixels.
   *
   * @param jpeg a file for which {@link ImageHeader#canShrink} is true
   * @return 32 hex digits, the XXH3 of the image at an eighth of its size with the full height ·
   *     2³² + width as its seed: equal for files with the same coded data, and occasionally for
   *     files that merely look alike
   * @throws UndecodableImageException as {@link #decode(byte[])} does
   */
  default String eighthDigest(byte[] jpeg) throws UndecodableImageException {
    ImageHeader header = ImageHeader.read(jpeg);
    return PixelDigest.of(header.width(), header.height(), decode(jpeg, 8).rgb());
  }

  /** The same codec without conversion to RGB; empty where it cannot. */
  default Optional<PlanarCodec> planar() {
    return Optional.empty();
  }

  /**
   * Encodes as baseline JPEG, 4:2:0.
   *
   * @param image with sides of at most {@link #MAX_JPEG_SIDE}
   * @param quality 1 to 100
   */
  byte[] encodeJpeg(Pixels image, int quality);

  /** Throws unless an image of this kind can be decoded at 1/denominator of its size. */
  static void checkDenominator(ImageHeader header, int denominator) {
    boolean one = denominator == 2 || denominator == 4 || denominator == 8;
    if (denominator != 1 && !(one && header.canShrink())) {
      throw new IllegalArgumentException(
          String.format(
              "cannot decode a %s %s at 1/%d", header.colorspace(), header.format(), denominator));
    }
  }

  /**
   * Throws unless a JPEG can have sides of this many pixels.
   *
   * @throws UndecodableImageException where one is longer than {@link #MAX_JPEG_SIDE}
   */
  static void checkJpegSides(int width, int height) throws UndecodableImageException {
    if (Math.max(width, height) > MAX_JPEG_SIDE) {
      throw new UndecodableImageException(
          String.format(
              Locale.ROOT,
              "%d x %d pixels cannot be stored as JPEG, whose sides are limited to %d",
              width,
              height,
              MAX_JPEG_SIDE));
    }
  }

  /** Throws unless a JPEG quality is 1 to 100. */
  static void checkQuality(int quality) {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("JPEG quality " + quality + ", expected 1 to 100");
    }
  }
}
