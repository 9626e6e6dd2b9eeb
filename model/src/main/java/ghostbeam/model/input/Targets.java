package ghostbeam.model.input;

/**
 * The classes of a batch's images. Mixing pairs the first image with the last, the second with the
 * last but one, and so on.
 *
 * @param labels N labels, each that of the unmixed image
 * @param lambda the weight of the image itself, from 0 to 1; its partner's is the rest
 */
public record Targets(int[] labels, double lambda) {

  /** The targets of unmixed images. */
  public static Targets of(int... labels) {
    return new Targets(labels, 1);
  }

  /** The number of images in the batch. */
  public int count() {
    return labels.length;
  }

  /** The position of an image's partner; the middle image is its own. */
  static int partner(int position, int count) {
    return count - 1 - position;
  }

  /** The label of an image's partner. */
  public int partnersLabel(int position) {
    return labels[partner(position, labels.length)];
  }
}
