package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import java.io.Serializable;

/**
 * The transforms of training and validation images.
 *
 * @param augmentations random changes to training crops
 * @param cropScale smallest area of a random crop, as a fraction of the image's
 * @param cropFraction validation's crop side divided by its resized shorter side
 * @param interpolation for training and validation
 */
public record Views(
    Augmentations augmentations, double cropScale, double cropFraction, Interpolation interpolation)
    implements Serializable {
  public static final Views ORIGINAL =
      new Views(Augmentations.ORIGINAL, 0.08, 0.875, Interpolation.OPENCV);

  public Views {
    require(cropScale > 0 && cropScale <= 1, "cropScale", "above 0, at most 1", cropScale);
    require(
        cropFraction > 0 && cropFraction <= 1, "cropFraction", "above 0, at most 1", cropFraction);
  }

  /** Training's view, with the given side in pixels. */
  public TrainingView training(int inputSize) {
    return new TrainingView(
        inputSize,
        cropScale,
        interpolation,
        augmentations.augmentation(),
        augmentations.erasing(),
        augmentations.mixing());
  }

  /** Validation's view, with the given side in pixels. */
  public ValidationView validation(int inputSize) {
    return new ValidationView(inputSize, cropFraction, interpolation);
  }
}
