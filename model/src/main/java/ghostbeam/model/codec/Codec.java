package ghostbeam.model.codec;

import java.util.Locale;
import java.util.Optional;

/**
 * Decodes image files by their bytes and encodes JPEG. Thread-safe.
 *
 * <p>All codecs decode JPEG of 8 bits (grey, colour, CMYK; sequential and progressive, Huffman and
 * arithmetic), PNG (also palette, 16 bits, transparency over white), GIF's first frame, BMP without
 * run lengths, and WebP, and refuse the same files. Pixels of JPEG files may differ by a few grey
 * levels between them.
 */
public interface Codec {
  /** The system property that forces a codec: {@code turbojpeg} or {@code opencv}. */
  String PROPERTY = "ghostbeam.codec";

  /** The longest side, in pixels, that libjpeg writes. */
  int MAX_JPEG_SIDE = 65_500;

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
   * Decodes to RGB; EXIF orientation and colour profiles are ignored.
   *
   * @throws UndecodableImageException for no image, a truncated or broken one, or one of more than
   *     {@link ImageHeader#MAX_PIXELS}, which is found before memory is taken for it
   */
  default Pixels decode(byte[] encoded) throws UndecodableImageException {
    return decode(encoded, 1);
  }

  /**
   * Decodes to RGB at a fraction of its size, a JPEG by a smaller transform of each of its blocks:
   * all of its coded data is read and judged as at full size, but far fewer pixels are computed.
   *
   * @param denominator 1; or 2, 4 or 8 if {@link ImageHeader#canShrink}; both sides are divided by
   *     it and rounded up
   * @throws UndecodableImageException as by {@link #decode(byte[])}
   */
  Pixels decode(byte[] encoded, int denominator) throws UndecodableImageException;

  /**
   * Reads and judges all of a JPEG as {@link #decode(byte[])} does, keeping no pixels.
   *
   * @param jpeg for which {@link ImageHeader#canShrink}
   * @return 32 hex digits, the XXH3 of the image at an eighth of its size with its own height · 2³²
   *     + width for seed: the same for all files of the same coded data, and now and then for files
   *     that only look alike
   * @throws UndecodableImageException as by {@link #decode(byte[])}
   */
  default String eighthDigest(byte[] jpeg) throws UndecodableImageException {
    ImageHeader header = ImageHeader.read(jpeg);
    return PixelDigest.of(header.width(), header.height(), decode(jpeg, 8).rgb());
  }

  /** The same codec's way around RGB; empty where it has none. */
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
   * Throws unless a JPEG may have sides of so many pixels.
   *
   * @throws UndecodableImageException for one longer than {@link #MAX_JPEG_SIDE}
   */
  static void checkJpegSides(int width, int height) throws UndecodableImageException {
    if (Math.max(width, height) > MAX_JPEG_SIDE) {
      throw new UndecodableImageException(
          String.format(
              Locale.ROOT,
              "%d x %d pixels cannot be kept as JPEG, whose sides end at %d",
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
