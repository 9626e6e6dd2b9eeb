package ghostbeam.model.record;

import java.io.IOException;

/**
 * One labelled image as a shard keeps it.
 *
 * @param encoded the image's bytes, as {@code format} says
 * @param format {@code JPEG}, {@code PNG} or {@code RAW} (uint8, H×W×C)
 * @param width in pixels
 * @param height in pixels
 * @param channels 1 or 3
 * @param colorspace {@code RGB} or {@code Grayscale}
 * @param label 0-based rank of the synset among the dataset's classes
 * @param synset the class's folder name, such as {@code n01440764}
 * @param filename the image's own name without folders
 */
public record Example(
    byte[] encoded,
    String format,
    int width,
    int height,
    int channels,
    String colorspace,
    int label,
    String synset,
    String filename) {

  /** This image as a serialised tf.train.Example, features in byte order of their names. */
  public byte[] toBytes() {
    throw new UnsupportedOperationException("STUB");
  }

  /** Reads what {@link #toBytes} or another writer of the ImageNet convention wrote. */
  public static Example parse(byte[] bytes) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }
}
