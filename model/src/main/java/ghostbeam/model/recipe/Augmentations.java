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
 * What training changes at random in the crops that it learns from.
 *
 * @param autoaugment whether AutoAugment's policy takes the place of the colour jitter
 * @param colorJitter strength of the colour jitter, 0 to 1
 * @param randAugment operations that take the place of the colour jitter, where there are any
 * @param randomErasing probability that a box of an image is filled with noise
 * @param mixup α of mixup's λ; 0 for none
 * @param cutmix α of CutMix's λ; 0 for none
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
   * Checks what settings ask of each other.
   *
   * @throws UnfitSettingException naming those that exclude each other
   */
  public void requireSound() {
    if (policies().size() > 1) {
      throw new UnfitSettingException(
          "randAugment=%s and autoaugment exclude each other".formatted(randAugment),
          ModelRemedy.ONE_AUGMENTATION.with());
    }
  }

  /** The policies that take the place of the colour jitter, of which there may be one. */
  private List<Augmentation> policies() {
    return Stream.of(
            randAugment.applies() ? randAugment : NONE, autoaugment ? AutoAugment.IMAGENET : NONE)
        .filter(policy -> policy != NONE)
        .toList();
  }

  /** What happens to each crop. */
  public Augmentation augmentation() {
    Augmentation jitter = colorJitter == 0 ? NONE : new ColorJitter(colorJitter);
    return policies().stream().findFirst().orElse(jitter);
  }

  /** What happens to each image after it is normalised. */
  public RandomErasing erasing() {
    return new RandomErasing(randomErasing);
  }

  /** What happens to each batch. */
  public Mixing mixing() {
    return new Mixing(mixup, cutmix);
  }
}
