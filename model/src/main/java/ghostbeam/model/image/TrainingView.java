package ghostbeam.model.image;

import java.util.random.RandomGenerator;

/**
 * How training sees an image: random resized crop, then a horizontal flip half of the time.
 *
 * @param inputSize side of the square result in pixels
 * @param minScale smallest crop area as a share of the image's, 0.08 by convention; largest is 1
 */
public record TrainingView(int inputSize, double minScale, Interpolation interpolation) {

  /** One random inputSize × inputSize view, a pure function of the image and the generator. */
  public Pixels apply(Pixels image, RandomGenerator random) {
    throw new UnsupportedOperationException("STUB");
  }
}
