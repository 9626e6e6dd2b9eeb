package ghostbeam.model.augmentation;

import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Random erasing as in timm's pixel mode: fills a box of some images with draws from the standard
 * normal distribution.
 *
 * <p>The box's area is uniform in [0.02, 1/3] of the image's, its ratio of height to width
 * log-uniform in [0.3, 1/0.3], its position uniform; after ten draws that do not fit, the image
 * stays unchanged.
 *
 * @param probability of erasing a box of an image, from 0 to 1
 * @see <a href="https://arxiv.org/abs/1708.04896">Zhong et al., 2017</a>
 */
public record RandomErasing(double probability) {
  public static final RandomErasing NONE = new RandomErasing(0);

  private static final double MIN_AREA = 0.02;
  private static final double MAX_AREA = 1.0 / 3;
  private static final double MAX_ASPECT = 1 / 0.3;
  private static final int DRAWS = 10;

  public RandomErasing {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability " + probability + ", expected 0 to 1");
    }
  }

  /**
   * Erases a box of a normalised image, or leaves it unchanged; draws no random numbers where the
   * probability is 0.
   *
   * @param image H×W×3, square
   */
  public void apply(FloatBuffer image, int side, RandomGenerator random) {
    if (probability > 0 && random.nextDouble() < probability) {
      draw(side, random).ifPresent(box -> fill(image, side, box, random));
    }
  }

  Optional<Box> draw(int side, RandomGenerator random) {
    for (int i = 0; i < DRAWS; i++) {
      double area = side * side * (MIN_AREA + (MAX_AREA - MIN_AREA) * random.nextDouble());
      double aspect = Math.exp(Math.log(MAX_ASPECT) * (2 * random.nextDouble() - 1));
      int height = (int) Math.rint(Math.sqrt(area * aspect));
      int width = (int) Math.rint(Math.sqrt(area / aspect));
      if (height < side && width < side) {
        int top = random.nextInt(side - height + 1);
        int left = random.nextInt(side - width + 1);
        return Optional.of(new Box(left, top, width, height));
      }
    }
    return Optional.empty();
  }

  private static void fill(FloatBuffer image, int side, Box box, RandomGenerator random) {
    float[] row = new float[box.width() * 3];
    for (int y = 0; y < box.height(); y++) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) random.nextGaussian();
      }
      image.put(box.begin(y, side), row);
    }
  }
}
