package ghostbeam.model.image;

/**
 * How validation sees an image: shorter side to floor(inputSize / cropFraction), centre crop.
 *
 * @param inputSize side of the square crop in pixels
 * @param cropFraction crop side over resized shorter side, 0.875 by convention
 */
public record ValidationView(int inputSize, double cropFraction, Interpolation interpolation) {

  /** The inputSize × inputSize crop. */
  public Pixels apply(Pixels image) {
    throw new UnsupportedOperationException("STUB");
  }
}
