package ghostbeam.model.augmentation;

import ghostbeam.model.codec.Pixels;
import java.util.random.RandomGenerator;

/** What training does to a crop before it is flipped; a pure function of crop and generator. */
@FunctionalInterface
public interface Augmentation {
  /** Leaves crops as they are and draws nothing. */
  Augmentation NONE = (crop, random) -> crop;

  /**
   * What a training's flags ask for.
   *
   * @param autoaugment whether AutoAugment's policy takes the place of the colour jitter
   * @param colorJitter strength of the colour jitter, 0 for none to 1
   * @throws IllegalArgumentException for another strength
   */
  static Augmentation of(boolean autoaugment, double colorJitter) {
    if (autoaugment) {
      return AutoAugment.IMAGENET;
    }
    return colorJitter == 0 ? NONE : new ColorJitter(colorJitter);
  }

  /** An image of the crop's size. */
  Pixels apply(Pixels crop, RandomGenerator random);
}
