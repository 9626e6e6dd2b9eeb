package ghostbeam.pipelines.train;

import ghostbeam.model.augmentation.RandAugment;
import ghostbeam.model.recipe.Augmentations;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Views;
import ghostbeam.pipelines.launch.Launch;
import java.util.List;

/** Applies {@link AugmentationOptions} to a recipe. */
public final class AugmentationFlags {
  static final List<RecipeFlag<? super AugmentationOptions, ?, ?>> ALL =
      List.of(
          new RecipeFlag<>(Augmentations::autoaugment, AugmentationOptions::isAutoaugment),
          new RecipeFlag<>(Augmentations::colorJitter, AugmentationOptions::getColorJitter),
          new RecipeFlag<AugmentationOptions, Augmentations, RandAugment>(
              Augmentations::randAugment, options -> RandAugment.of(options.getRandAugment())),
          new RecipeFlag<>(Augmentations::randomErasing, AugmentationOptions::getRandomErasing),
          new RecipeFlag<>(Augmentations::mixup, AugmentationOptions::getMixup),
          new RecipeFlag<>(Augmentations::cutmix, AugmentationOptions::getCutmix),
          new RecipeFlag<>(Views::cropScale, AugmentationOptions::getCropScale));

  private AugmentationFlags() {}

  /**
   * A recipe with the flags that the user gave.
   *
   * @throws IllegalArgumentException for an invalid flag
   */
  public static Recipe set(Recipe recipe, AugmentationOptions options) {
    return RecipeFlag.set(recipe, ALL, options, Launch.given(options));
  }
}
