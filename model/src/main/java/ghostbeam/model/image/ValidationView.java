package ghostbeam.model.image;

import ghostbeam.model.codec.ImageHeader;
import ghostbeam.model.codec.Pixels;
import java.io.Serializable;
import java.util.Locale;
import java.util.Objects;

/**
 * The validation transform: resizes the shorter side to floor(inputSize / cropFraction) and the
 * longer in proportion, then crops the centre; rounds as the interpolation does.
 *
 * <p>As JSON: {@code {"inputSize":224,"cropFraction":0.875,"interpolation":"torchvision"}}.
 *
 * @param inputSize side of the square crop in pixels
 * @param cropFraction crop side divided by the resized shorter side, in (0, 1], conventionally
 *     0.875
 */
public record ValidationView(int inputSize, double cropFraction, Interpolation interpolation)
    implements Serializable {
  /**
   * Limit of the resized shorter side: four squares of it stay within the limit on an image's
   * pixels.
   */
  private static final int MAX_SIDE = 6688;

  public ValidationView {
    if (inputSize < 1 || inputSize > MAX_SIDE) {
      throw new IllegalArgumentException("input size " + inputSize + ", expected 1 to " + MAX_SIDE);
    }
    if (!(cropFraction > 0 && cropFraction <= 1)) {
      throw new IllegalArgumentException("crop fraction " + cropFraction + ", expected (0, 1]");
    }
    if (inputSize / cropFraction > MAX_SIDE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "input size %d at crop fraction %s shrinks to a side of %.0f, expected at most %d",
              inputSize,
              cropFraction,
              inputSize / cropFraction,
              MAX_SIDE));
    }
    Objects.requireNonNull(interpolation, "a view needs an interpolation");
  }

  /** The inputSize × inputSize crop. */
  public Pixels apply(Pixels image) {
    Geometry at = geometry(image.width(), image.height());
    if ((long) at.width * at.height > ImageHeader.MAX_PIXELS) {
      return apply(middle(image));
    }
    return interpolation.resizeAndCrop(
        image, at.width, at.height, at.left, at.top, inputSize, inputSize);
  }

  /** The size to resize to and the crop's corner in it. */
  record Geometry(int width, int height, int left, int top) {}

  Geometry geometry(int width, int height) {
    int shorter = Math.min(width, height);
    int resizedWidth = resized(width, shorter);
    int resizedHeight = resized(height, shorter);
    return new Geometry(
        resizedWidth,
        resizedHeight,
        interpolation.corner(resizedWidth, inputSize),
        interpolation.corner(resizedHeight, inputSize));
  }

  /** Saturates at the largest int: such an image is cropped first. */
  private int resized(int side, int shorter) {
    long resized = interpolation.resized(side, shorter, resizedShorterSide());
    return (int) Math.min(resized, Integer.MAX_VALUE);
  }

  /** The shorter side's length after resizing, in pixels. */
  int resizedShorterSide() {
    return (int) Math.floor(inputSize / cropFraction);
  }

  /** The central four squares of an image so long that resizing all of it would take gigabytes. */
  private static Pixels middle(Pixels image) {
    int longest = Math.min(image.width(), image.height()) * 4;
    int width = Math.min(image.width(), longest);
    int height = Math.min(image.height(), longest);
    return image.crop((image.width() - width) / 2, (image.height() - height) / 2, width, height);
  }
}
