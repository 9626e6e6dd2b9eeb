package ghostbeam.model.augmentation;

import ghostbeam.model.codec.Pixels;
import java.util.random.RandomGenerator;

/** What training does to a crop before it is flipped; a pure function of crop and generator. */
@FunctionalInterface
public interface Augmentation {
  /** Leaves crops as they are and draws nothing. */
  Augmentation NONE = (crop, random) -> crop;

  /** An image of the crop's size. */
  Pixels apply(Pixels crop, RandomGenerator random);
}
