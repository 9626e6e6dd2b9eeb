package ghostbeam.transforms.format;

/**
 * What a record says of its class.
 *
 * @param number of the class
 * @param first the number of the first class, as far as the form tells
 * @param synset the class's name, or empty where the record has none
 */
public record RawLabel(long number, int first, String synset) {
  /** The number of an image that has no class, as unlabelled test sets have it. */
  public static final long NONE = -1;
}
