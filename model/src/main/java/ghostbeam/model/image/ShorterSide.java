package ghostbeam.model.image;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;

/**
 * Shrinks images to a shorter side, the longer one in proportion rounded to nearest, by Pillow's
 * antialiased bicubic.
 *
 * @param pixels of the shorter side, 1 or more
 */
public record ShorterSide(int pixels) {
  /**
   * A JPEG decoded at a fraction has to keep so many times the pixels asked for. Its smaller
   * transforms alias where the bicubic does not: at 2 the results are within an RMS of 2 grey
   * levels of each other even for grain, at 1.5 they are not.
   */
  private static final int MARGIN = 2;

  public ShorterSide {
    if (pixels < 1) {
      throw new IllegalArgumentException("shorter side of " + pixels + " pixels");
    }
  }

  /** True for an image that is larger; others are never enlarged. */
  public boolean shrinks(ImageHeader header) {
    return Math.min(header.width(), header.height()) > pixels;
  }

  /**
   * Decodes and shrinks an image; one much larger is decoded at a fraction of its size, with the
   * same verdict as in full.
   *
   * @param header the file's, which {@link #shrinks}
   * @throws UndecodableImageException as the codec does
   */
  public Pixels decode(byte[] file, ImageHeader header, Codec codec)
      throws UndecodableImageException {
    int denominator = denominator(header);
    Pixels image = codec.decode(file, denominator);
    double scale = (double) pixels / Math.min(header.width(), header.height());
    int width = (int) Math.round(header.width() * scale);
    int height = (int) Math.round(header.height() * scale);
    return PillowResize.resize(
        image,
        axis(image.width(), header.width(), denominator, width),
        axis(image.height(), header.height(), denominator, height));
  }

  /** The largest one that keeps enough pixels; 1 where the image cannot be decoded so. */
  int denominator(ImageHeader header) {
    int shorter = Math.min(header.width(), header.height());
    int denominator = header.canShrink() ? 8 : 1;
    while (denominator > 1 && shorter < (long) MARGIN * denominator * pixels) {
      denominator /= 2;
    }
    return denominator;
  }

  /** A fraction's last pixel reaches beyond the image's edge where its side is no multiple. */
  private static PillowAxis axis(int size, int fullSize, int denominator, int resized) {
    return denominator == 1
        ? PillowAxis.of(size, resized, 0, resized)
        : PillowAxis.of(size, (double) fullSize / denominator, resized, 0, resized);
  }
}
