package ghostbeam.model.augmentation;

import java.util.random.RandomGenerator;

/**
 * Mixup and CutMix, which mix a batch's images, and their classes, in pairs. As in timm, one draw
 * decides for the whole batch.
 *
 * @param mixup α of the symmetric beta distribution of mixup's λ; 0 for no mixup
 * @param cutmix the same for CutMix; where both are above 0, each batch gets either with equal
 *     probability
 * @see <a href="https://arxiv.org/abs/1710.09412">Zhang et al., 2017</a>
 * @see <a href="https://arxiv.org/abs/1905.04899">Yun et al., 2019</a>
 */
public record Mixing(double mixup, double cutmix) {
  public static final Mixing NONE = new Mixing(0, 0);

  public Mixing {
    if (!(mixup >= 0 && mixup < Double.POSITIVE_INFINITY)
        || !(cutmix >= 0 && cutmix < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "alphas %s and %s, expected 0 or above".formatted(mixup, cutmix));
    }
  }

  /**
   * How to mix a batch; draws no random numbers where both are 0.
   *
   * @param side of the batch's square images, in pixels
   */
  public Mixture draw(int side, RandomGenerator random) {
    if (mixup == 0 && cutmix == 0) {
      return Mixture.NONE;
    }
    boolean cuts = mixup == 0 || (cutmix > 0 && random.nextBoolean());
    double lambda = lambda(cuts ? cutmix : mixup, random);
    return cuts ? Mixture.Patch.of(lambda, side, random) : new Mixture.Blend(lambda);
  }

  /** A draw from the symmetric beta distribution, from 0 to 1. */
  static double lambda(double alpha, RandomGenerator random) {
    double own = logGamma(alpha, random);
    double rest = logGamma(alpha, random);
    return 1 / (1 + Math.exp(rest - own));
  }

  /**
   * The logarithm of a draw from the gamma distribution, since for small shapes the draw itself
   * underflows.
   *
   * @see <a href="https://doi.org/10.1145/358407.358414">Marsaglia and Tsang, 2000</a>
   */
  private static double logGamma(double shape, RandomGenerator random) {
    double d = shape + 2.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double root = 1 + c * x;
      double logV = 3 * Math.log(root);
      if (root > 0
          && Math.log(positive(random)) < 0.5 * x * x + d * (1 - root * root * root + logV)) {
        // The accepted draw has shape + 1; the last term brings it back to shape.
        return Math.log(d) + logV + Math.log(positive(random)) / shape;
      }
    }
  }

  private static double positive(RandomGenerator random) {
    return 1 - random.nextDouble();
  }
}
