package ghostbeam.model.augmentation;

import ghostbeam.model.codec.Pixels;
import java.util.random.RandomGenerator;

/**
 * What training does to a crop before flipping it; a pure function of the crop and the generator.
 */
@FunctionalInterface
public interface Augmentation {
  /** Returns crops unchanged and draws no random numbers. */
  Augmentation NONE = (crop, random) -> crop;

  /** An image of the crop's size. */
  Pixels apply(Pixels crop, RandomGenerator random);
}
