package ghostbeam.model.augmentation;

import static ghostbeam.model.augmentation.Operation.AUTO_CONTRAST;
import static ghostbeam.model.augmentation.Operation.COLOR;
import static ghostbeam.model.augmentation.Operation.CONTRAST;
import static ghostbeam.model.augmentation.Operation.EQUALIZE;
import static ghostbeam.model.augmentation.Operation.INVERT;
import static ghostbeam.model.augmentation.Operation.POSTERIZE;
import static ghostbeam.model.augmentation.Operation.ROTATE;
import static ghostbeam.model.augmentation.Operation.SHARPNESS;
import static ghostbeam.model.augmentation.Operation.SHEAR_X;
import static ghostbeam.model.augmentation.Operation.SOLARIZE;

import ghostbeam.model.codec.Pixels;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * AutoAugment's ImageNet policy: one of 25 pairs of operations at random, each operation with its
 * own probability, shears, shifts and angles with a random sign.
 *
 * @see <a href="https://arxiv.org/abs/1805.09501">Cubuk et al., CVPR 2019, table 9</a>
 */
public enum AutoAugment implements Augmentation {
  IMAGENET;

  /** An operation, its probability in tenths and its level from 0 to 10. */
  private record Trial(Operation operation, int tenths, int level) {
    Pixels apply(Pixels image, RandomGenerator random) {
      if (random.nextInt(10) >= tenths) {
        return image;
      }
      double magnitude = operation.magnitude(level);
      boolean mirrored = operation.isSigned() && random.nextBoolean();
      return operation.apply(image, mirrored ? -magnitude : magnitude);
    }
  }

  private record Pair(Trial first, Trial second) {}

  private static final List<Pair> POLICY =
      List.of(
          pair(POSTERIZE, 4, 8, ROTATE, 6, 9),
          pair(SOLARIZE, 6, 5, AUTO_CONTRAST, 6, 5),
          pair(EQUALIZE, 8, 8, EQUALIZE, 6, 3),
          pair(POSTERIZE, 6, 7, POSTERIZE, 6, 6),
          pair(EQUALIZE, 4, 7, SOLARIZE, 2, 4),
          pair(EQUALIZE, 4, 4, ROTATE, 8, 8),
          pair(SOLARIZE, 6, 3, EQUALIZE, 6, 7),
          pair(POSTERIZE, 8, 5, EQUALIZE, 10, 2),
          pair(ROTATE, 2, 3, SOLARIZE, 6, 8),
          pair(EQUALIZE, 6, 8, POSTERIZE, 4, 6),
          pair(ROTATE, 8, 8, COLOR, 4, 0),
          pair(ROTATE, 4, 9, EQUALIZE, 6, 2),
          pair(EQUALIZE, 0, 7, EQUALIZE, 8, 8),
          pair(INVERT, 6, 4, EQUALIZE, 10, 8),
          pair(COLOR, 6, 4, CONTRAST, 10, 8),
          pair(ROTATE, 8, 8, COLOR, 10, 2),
          pair(COLOR, 8, 8, SOLARIZE, 8, 7),
          pair(SHARPNESS, 4, 7, INVERT, 6, 8),
          pair(SHEAR_X, 6, 5, EQUALIZE, 10, 9),
          pair(COLOR, 4, 0, EQUALIZE, 6, 3),
          pair(EQUALIZE, 4, 7, SOLARIZE, 2, 4),
          pair(SOLARIZE, 6, 5, AUTO_CONTRAST, 6, 5),
          pair(INVERT, 6, 4, EQUALIZE, 10, 8),
          pair(COLOR, 6, 4, CONTRAST, 10, 8),
          pair(EQUALIZE, 8, 8, EQUALIZE, 6, 3));

  private static Pair pair(
      Operation first, int firstTenths, int firstLevel, Operation second, int tenths, int level) {
    return new Pair(new Trial(first, firstTenths, firstLevel), new Trial(second, tenths, level));
  }

  @Override
  public Pixels apply(Pixels crop, RandomGenerator random) {
    Pair pair = POLICY.get(random.nextInt(POLICY.size()));
    return pair.second.apply(pair.first.apply(crop, random), random);
  }
}
