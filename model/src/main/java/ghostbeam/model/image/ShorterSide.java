package ghostbeam.model.image;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.PlanarCodec;
import ghostbeam.model.codec.Planes;
import ghostbeam.model.codec.UndecodableImageException;
import java.util.Optional;

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
    int width = resized(header.width(), header);
    int height = resized(header.height(), header);
    return PillowResize.resize(
        image,
        axis(image.width(), header.width(), denominator, width),
        axis(image.height(), header.height(), denominator, height));
  }

  /**
   * Decodes, shrinks and encodes an image. Where the codec can, a JPEG's brightness and colours are
   * each shrunk as coarse as they are, to the coarseness of the JPEG to be written. That takes less
   * time than by RGB and is as near to the image shrunk in RGB, since colour is made coarser once
   * less; files of photographs made both ways differ by less than an RMS of 2 grey levels.
   *
   * @param header the file's, which {@link #shrinks}
   * @param quality 1 to 100
   * @throws UndecodableImageException as the codec does, and for one too long for a JPEG
   */
  public NewJpeg encode(byte[] file, ImageHeader header, Codec codec, int quality)
      throws UndecodableImageException {
    Optional<PlanarCodec> planar = codec.planar();
    if (planar.isPresent()) {
      Optional<Planes> planes = planar.get().decode(file, denominator(header));
      if (planes.isPresent()) {
        return NewJpeg.of(shrink(planes.get(), header), planar.get(), quality);
      }
    }
    return NewJpeg.of(decode(file, header, codec), codec, quality);
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
