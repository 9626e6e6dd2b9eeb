package ghostbeam.model.input;

/**
 * Which classes a batch's images are of. Where images are mixed, the first is mixed with the last,
 * the second with the last but one, and so on.
 *
 * @param labels N class numbers, each of the image's own
 * @param lambda how much of each image is its own, from 0 to 1; the rest is its partner's
 */
public record Targets(int[] labels, double lambda) {

  /** Of images that are not mixed. */
  public static Targets of(int... labels) {
    return new Targets(labels, 1);
  }

  /** Images of the batch. */
  public int count() {
    return labels.length;
  }

  /** The position of an image's partner; that of the middle one is itself. */
  static int partner(int position, int count) {
    return count - 1 - position;
  }

  /** The class number of an image's partner. */
  public int partnersLabel(int position) {
    return labels[partner(position, labels.length)];
  }
}
