package ghostbeam.model.recipe;

import static ghostbeam.model.augmentation.Augmentation.NONE;
import static ghostbeam.model.recipe.Setting.require;

import ghostbeam.model.augmentation.Augmentation;
import ghostbeam.model.augmentation.AutoAugment;
import ghostbeam.model.augmentation.ColorJitter;
import ghostbeam.model.augmentation.Mixing;
import ghostbeam.model.augmentation.RandAugment;
import ghostbeam.model.augmentation.RandomErasing;
import ghostbeam.model.failure.ModelRemedy;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * Random changes to training crops.
 *
 * @param autoaugment whether AutoAugment's policy replaces the colour jitter
 * @param colorJitter strength of the colour jitter, 0 to 1
 * @param randAugment replaces the colour jitter unless it is {@link RandAugment#NONE}
 * @param randomErasing probability of filling a box of an image with noise
 * @param mixup α of mixup; 0 for no mixup
 * @param cutmix α of CutMix; 0 for no CutMix
 */
public record Augmentations(
    boolean autoaugment,
    double colorJitter,
    RandAugment randAugment,
    double randomErasing,
    double mixup,
    double cutmix)
    implements Serializable {
  public static final Augmentations ORIGINAL =
      new Augmentations(false, 0.5, RandAugment.NONE, 0, 0, 0);

  public Augmentations {
    require(colorJitter >= 0 && colorJitter <= 1, "colorJitter", "from 0 to 1", colorJitter);
    require(
        randomErasing >= 0 && randomErasing <= 1, "randomErasing", "from 0 to 1", randomErasing);
    requireAlpha(mixup, "mixup");
    requireAlpha(cutmix, "cutmix");
  }

  private static void requireAlpha(double value, String setting) {
    require(value >= 0 && value < Double.POSITIVE_INFINITY, setting, "0 for none, or above", value);
  }

  /**
   * Checks settings against each other.
   *
   * @throws InvalidSettingException naming those that exclude each other
   */
  public void requireSound() {
    if (policies().size() > 1) {
      throw new InvalidSettingException(
          "randAugment=%s and autoaugment exclude each other".formatted(randAugment),
          ModelRemedy.ONE_AUGMENTATION.with());
    }
  }

  /** The policies that replace the colour jitter; at most one is valid. */
  private List<Augmentation> policies() {
    return Stream.of(
            randAugment.applies() ? randAugment : NONE, autoaugment ? AutoAugment.IMAGENET : NONE)
        .filter(policy -> policy != NONE)
        .toList();
  }

  /** The augmentation of each crop. */
  public Augmentation augmentation() {
    Augmentation jitter = colorJitter == 0 ? NONE : new ColorJitter(colorJitter);
    return policies().stream().findFirst().orElse(jitter);
  }

  /** The random erasing of each normalised image. */
  public RandomErasing erasing() {
    return new RandomErasing(randomErasing);
  }

  /** The mixing of each batch. */
  public Mixing mixing() {
    return new Mixing(mixup, cutmix);
  }
}
