package ghostbeam.model.record;

import java.io.IOException;
import java.util.Optional;

/**
 * A labelled image from any writer's tf.train.Example, with its label as stored.
 *
 * @param keys the convention that it follows
 * @param encoded the image's bytes
 * @param label the number in the record
 * @param synset the class's name, or empty
 * @param filename the image's own name, or empty
 * @param raw whether {@code encoded} holds raw pixels rather than a file
 */
public record ForeignExample(
    Keys keys, byte[] encoded, long label, String synset, String filename, boolean raw) {
  private static final String SHORT_IMAGE = "image";
  private static final String SHORT_LABEL = "label";
  private static final String SHORT_FILENAME = "file_name";

  /** A naming convention for keys, and the number that it gives its first class. */
  public enum Keys {
    /**
     * {@code image/encoded} and {@code image/class/label}, as in Inception's and the TPU models'
     * records.
     */
    INCEPTION(1),
    /** {@code image} and {@code label}, as in TensorFlow Datasets. */
    TENSORFLOW_DATASETS(0),
    /** The keys of {@link #INCEPTION}, with this project's pixel digests and 0-based labels. */
    OWN(0);

    private final int firstLabel;

    Keys(int firstLabel) {
      this.firstLabel = firstLabel;
    }

    /** The number of the first class. */
    public int firstLabel() {
      return firstLabel;
    }
  }

  /**
   * Parses a record that follows one of the conventions.
   *
   * @throws IOException where the bytes are not a tf.train.Example or lack an image or a label
   */
  public static ForeignExample parse(byte[] bytes) throws IOException {
    Features features = Features.parse(bytes);
    boolean isShort = !features.has(Example.ENCODED) && features.has(SHORT_IMAGE);
    String image = isShort ? SHORT_IMAGE : Example.ENCODED;
    String label = isShort ? SHORT_LABEL : Example.LABEL;
    requireOne(features, image);
    requireOne(features, label);
    byte[] encoded = required(features.bytes(image), image);
    Long number = required(features.number(label), label);
    boolean ours = features.has(Example.EIGHTH) || features.has(Example.PIXELS);
    Keys longKeys = ours ? Keys.OWN : Keys.INCEPTION;
    return new ForeignExample(
        isShort ? Keys.TENSORFLOW_DATASETS : longKeys,
        encoded,
        number,
        features.text(Example.SYNSET, ""),
        features.text(isShort ? SHORT_FILENAME : Example.FILENAME, ""),
        features.text(Example.FORMAT, "").equals("RAW"));
  }

  /** With several values there is no telling which is meant. */
  private static void requireOne(Features features, String name) throws IOException {
    int values = features.count(name);
    if (values > 1) {
      throw new IOException("a tf.train.Example with " + values + " values of " + name);
    }
  }

  private static <T> T required(T value, String name) throws IOException {
    return Optional.ofNullable(value)
        .orElseThrow(() -> new IOException("a tf.train.Example without " + name));
  }
}
