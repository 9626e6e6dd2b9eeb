package ghostbeam.transforms.format;

/**
 * A record's label as it is stored, not yet counted from 0.
 *
 * @param number of the class
 * @param first number of the first class by the format's convention
 * @param synset class name, or empty if the record has none
 */
public record RawLabel(long number, int first, String synset) {
  /** The number of an image without a class, as in unlabelled test sets. */
  public static final long NONE = -1;
}
