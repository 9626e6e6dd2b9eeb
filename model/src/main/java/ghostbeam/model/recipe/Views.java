package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import java.io.Serializable;

/**
 * How images are seen.
 *
 * @param augmentations what training changes at random in its crops
 * @param cropScale smallest area of a random crop, as a share of the image
 * @param cropFraction validation's crop side over its resized shorter side
 * @param interpolation which bicubic, in training and validation
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

  /** How training sees images, at that side in pixels. */
  public TrainingView training(int inputSize) {
    return new TrainingView(
        inputSize,
        cropScale,
        interpolation,
        augmentations.augmentation(),
        augmentations.erasing(),
        augmentations.mixing());
  }

  /** How validation sees images, at that side in pixels; a checkpoint's scores belong to it. */
  public ValidationView validation(int inputSize) {
    return new ValidationView(inputSize, cropFraction, interpolation);
  }
}
