package ghostbeam.model.augmentation;

import ghostbeam.model.codec.Pixels;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.Normalization;
import java.nio.FloatBuffer;
import java.util.random.RandomGenerator;

/**
 * The training transform: random resized crop, augmentation, horizontal flip half of the time,
 * normalisation, random erasing. Batches of such views may then be mixed.
 *
 * <p>The crop is drawn as in torchvision and MindSpore: area uniform in [minScale, 1] of the
 * image's, aspect ratio log-uniform in [3/4, 4/3], position uniform; after ten draws that do not
 * fit, the largest central crop with an allowed ratio.
 *
 * @param inputSize side of the square result in pixels
 * @param minScale smallest crop area as a fraction of the image's, conventionally 0.08; the largest
 *     is 1
 * @param augmentation applied to the resized crop
 * @param erasing applied to the normalised image
 * @param mixing how the images of a batch are mixed afterwards
 */
public record TrainingView(
    int inputSize,
    double minScale,
    Interpolation interpolation,
    Augmentation augmentation,
    RandomErasing erasing,
    Mixing mixing) {
  private static final double MIN_RATIO = 3.0 / 4.0;
  private static final double MAX_RATIO = 4.0 / 3.0;
  private static final int DRAWS = 10;

  public TrainingView {
    if (inputSize < 1 || inputSize > 1 << 14) {
      throw new IllegalArgumentException("input size " + inputSize + ", expected 1 to 16384");
    }
    if (!(minScale > 0 && minScale <= 1)) {
      throw new IllegalArgumentException("minimum scale " + minScale + ", expected (0, 1]");
    }
  }

  /** A view without erasing and mixing. */
  public TrainingView(
      int inputSize, double minScale, Interpolation interpolation, Augmentation augmentation) {
    this(inputSize, minScale, interpolation, augmentation, RandomErasing.NONE, Mixing.NONE);
  }

  /**
   * Writes one random inputSize × inputSize view to the start of a buffer, normalised, H×W×3; a
   * pure function of the image and the generator.
   */
  public void put(Pixels image, RandomGenerator random, FloatBuffer out) {
    Normalization.put(pixels(image, random), out.duplicate());
    erasing.apply(out, inputSize, random);
  }

  /** The view before normalisation and erasing. */
  Pixels pixels(Pixels image, RandomGenerator random) {
    Box box = draw(image.width(), image.height(), random);
    Pixels crop = image.crop(box.left(), box.top(), box.width(), box.height());
    Pixels resized = interpolation.resize(crop, inputSize, inputSize);
    Pixels augmented = augmentation.apply(resized, random);
    return random.nextBoolean() ? augmented.flipped() : augmented;
  }

  /** A random crop. */
  Box draw(int width, int height, RandomGenerator random) {
    double area = (double) width * height;
    for (int i = 0; i < DRAWS; i++) {
      double target = area * (minScale + (1 - minScale) * random.nextDouble());
      double low = Math.log(MIN_RATIO);
      double ratio = Math.exp(low + (Math.log(MAX_RATIO) - low) * random.nextDouble());
      int boxWidth = (int) Math.rint(Math.sqrt(target * ratio));
      int boxHeight = (int) Math.rint(Math.sqrt(target / ratio));
      if (boxWidth > 0 && boxWidth <= width && boxHeight > 0 && boxHeight <= height) {
        int top = random.nextInt(height - boxHeight + 1);
        int left = random.nextInt(width - boxWidth + 1);
        return new Box(left, top, boxWidth, boxHeight);
      }
    }
    return central(width, height);
  }

  private static Box central(int width, int height) {
    double ratio = (double) width / height;
    int boxWidth = ratio > MAX_RATIO ? (int) Math.rint(height * MAX_RATIO) : width;
    int boxHeight = ratio < MIN_RATIO ? (int) Math.rint(width / MIN_RATIO) : height;
    return new Box((width - boxWidth) / 2, (height - boxHeight) / 2, boxWidth, boxHeight);
  }
}
