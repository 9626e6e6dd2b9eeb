package ghostbeam.model.image;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.PlanarCodec;
import ghostbeam.model.codec.Planes;
import ghostbeam.model.codec.UndecodableImageException;
import java.util.Optional;

/**
 * Shrinks images to a given shorter side, the longer one in proportion and rounded to nearest, by
 * Pillow's antialiased bicubic.
 *
 * @param pixels length of the shorter side, at least 1
 */
public record ShorterSide(int pixels) {
  /**
   * A JPEG decoded at a fraction of its size must still be this many times larger than the result.
   * The smaller inverse transforms alias where the bicubic does not: at 2, results stay within an
   * RMS of 2 grey levels of a full decode even for film grain; at 1.5 they do not.
   */
  private static final int MARGIN = 2;

  public ShorterSide {
    if (pixels < 1) {
      throw new IllegalArgumentException("shorter side of " + pixels + " pixels");
    }
  }

  /** Whether an image is larger; smaller ones are never enlarged. */
  public boolean shrinks(ImageHeader header) {
    return Math.min(header.width(), header.height()) > pixels;
  }

  /**
   * Decodes and shrinks an image. A much larger one is decoded at a fraction of its size, which
   * fails exactly where decoding in full would.
   *
   * @param header the file's, for which {@link #shrinks} is true
   * @throws UndecodableImageException as the codec does
   */
  public Pixels decode(byte[] file, ImageHeader header, Codec codec)
      throws UndecodableImageException {
    int denominator = denominator(header);
    Pixels image = codec.decode(file, denominator);
    int width = resized(header.width(), header);
    int height = resized(header.height(), header);
    return PillowResize.resize(
        image,
        axis(image.width(), header.width(), denominator, width),
        axis(image.height(), header.height(), denominator, height));
  }

  /**
   * Decodes, shrinks and encodes an image. Where the codec can, a JPEG's luma and chroma planes are
   * each shrunk from their own resolution to that of the JPEG to be written. That is faster than
   * shrinking in RGB and no less accurate, since chroma is subsampled once less; files of
   * photographs made either way differ by an RMS of less than 2 grey levels.
   *
   * @param header the file's, for which {@link #shrinks} is true
   * @param quality 1 to 100
   * @throws UndecodableImageException as the codec does, and where the sides exceed JPEG's limit
   */
  public EncodedJpeg encode(byte[] file, ImageHeader header, Codec codec, int quality)
      throws UndecodableImageException {
    Optional<PlanarCodec> planar = codec.planar();
    if (planar.isPresent()) {
      Optional<Planes> planes = planar.get().decode(file, denominator(header));
      if (planes.isPresent()) {
        return EncodedJpeg.of(shrink(planes.get(), header), planar.get(), quality);
      }
    }
    return EncodedJpeg.of(decode(file, header, codec), codec, quality);
  }

  private Planes shrink(Planes planes, ImageHeader header) {
    int denominator = denominator(header);
    int width = resized(header.width(), header);
    int height = resized(header.height(), header);
    int colorWidth = (width + 1) / 2;
    int colorHeight = (height + 1) / 2;
    double columns = (double) header.width() / denominator;
    double rows = (double) header.height() / denominator;
    PillowAxis lumaColumns = PillowAxis.of(planes.width(), columns, width, 0, width);
    PillowAxis lumaRows = PillowAxis.of(planes.height(), rows, height, 0, height);
    PillowAxis colorColumns =
        PillowAxis.of(planes.colorWidth(), columns / planes.across(), width / 2.0, 0, colorWidth);
    PillowAxis colorRows =
        PillowAxis.of(planes.colorHeight(), rows / planes.down(), height / 2.0, 0, colorHeight);
    return new Planes(
        width,
        height,
        2,
        2,
        Planes.extended(
            PillowResize.resize(planes.y(), planes.lumaWidth(), 1, lumaColumns, lumaRows),
            width,
            height,
            2 * colorWidth,
            2 * colorHeight),
        PillowResize.resize(planes.cb(), planes.colorWidth(), 1, colorColumns, colorRows),
        PillowResize.resize(planes.cr(), planes.colorWidth(), 1, colorColumns, colorRows));
  }

  private int resized(int side, ImageHeader header) {
    double scale = (double) pixels / Math.min(header.width(), header.height());
    return (int) Math.round(side * scale);
  }

  /**
   * The largest denominator that keeps enough pixels; 1 where the image must be decoded in full.
   */
  int denominator(ImageHeader header) {
    int shorter = Math.min(header.width(), header.height());
    int denominator = header.canShrink() ? 8 : 1;
    while (denominator > 1 && shorter < (long) MARGIN * denominator * pixels) {
      denominator /= 2;
    }
    return denominator;
  }

  /**
   * A decoded fraction's last pixel extends past the image's edge where the side is not a multiple
   * of the denominator.
   */
  private static PillowAxis axis(int size, int fullSize, int denominator, int resized) {
    return denominator == 1
        ? PillowAxis.of(size, resized, 0, resized)
        : PillowAxis.of(size, (double) fullSize / denominator, resized, 0, resized);
  }
}
