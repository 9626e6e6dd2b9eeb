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
 * @param pixelDigest equal for equal images: 32 hex digits, the stored pixels' XXH3 with height ·
 *     2³² + width for its seed; of a JPEG that was shrunk by its planes that of Y, Cb and Cr in
 *     turn; empty where unknown
 * @param eighthDigest what a JPEG that was kept as it is has instead: the same of its decoding at
 *     an eighth of its size, with the whole image's sides in the seed; empty where unknown
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
    String filename,
    String pixelDigest,
    String eighthDigest) {
  private static final String CHANNELS = "image/channels";
  static final String LABEL = "image/class/label";
  static final String SYNSET = "image/class/synset";
  private static final String COLORSPACE = "image/colorspace";
  static final String EIGHTH = "image/eighth/xxh3";
  static final String ENCODED = "image/encoded";
  static final String FILENAME = "image/filename";
  static final String FORMAT = "image/format";
  private static final String HEIGHT = "image/height";
  static final String PIXELS = "image/pixels/xxh3";
  private static final String WIDTH = "image/width";

  /** The same image under another label. */
  public Example withLabel(int other) {
    return new Example(
        encoded,
        format,
        width,
        height,
        channels,
        colorspace,
        other,
        synset,
        filename,
        pixelDigest,
        eighthDigest);
  }

  /** This image as a serialised tf.train.Example, features in byte order of their names. */
  public byte[] toBytes() {
    return toBytes(0, 0);
  }

  /** The same with bytes of zero around it: so many in all, and so many of them before. */
  byte[] toBytes(int before, int around) {
    Features features =
        new Features()
            .put(CHANNELS, channels)
            .put(LABEL, label)
            .put(SYNSET, synset)
            .put(COLORSPACE, colorspace)
            .put(ENCODED, encoded)
            .put(FILENAME, filename)
            .put(FORMAT, format)
            .put(HEIGHT, height)
            .put(WIDTH, width);
    if (!pixelDigest.isEmpty()) {
      features.put(PIXELS, pixelDigest);
    }
    if (!eighthDigest.isEmpty()) {
      features.put(EIGHTH, eighthDigest);
    }
    return features.toBytes(before, around);
  }

  /**
   * Reads what {@link #toBytes} or another writer of the ImageNet convention wrote.
   *
   * <p>Only {@code image/encoded} and {@code image/class/label} must be there. Unknown features are
   * skipped; absent texts are empty, an absent format is {@code JPEG}, absent sizes are 0, absent
   * channels are 3, an absent colorspace follows from the channels.
   *
   * @throws IOException where the bytes are no tf.train.Example or lack what must be there
   */
  public static Example parse(byte[] bytes) throws IOException {
    Features features = Features.parse(bytes);
    byte[] encoded = features.bytes(ENCODED);
    if (encoded == null) {
      throw new IOException("a tf.train.Example without " + ENCODED);
    }
    int channels = integer(features, CHANNELS, 3);
    return new Example(
        encoded,
        features.text(FORMAT, "JPEG"),
        integer(features, WIDTH, 0),
        integer(features, HEIGHT, 0),
        channels,
        features.text(COLORSPACE, channels == 1 ? "Grayscale" : "RGB"),
        integer(features, LABEL, -1),
        features.text(SYNSET, ""),
        features.text(FILENAME, ""),
        features.text(PIXELS, ""),
        features.text(EIGHTH, ""));
  }

  /** A count that must lie in int's range from 0; a negative fallback means it must be there. */
  private static int integer(Features features, String name, int fallback) throws IOException {
    Long value = features.number(name);
    if (value == null && fallback >= 0) {
      return fallback;
    }
    if (value == null) {
      throw new IOException("a tf.train.Example without " + name);
    }
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new IOException(name + " is " + value + ", expected 0 to " + Integer.MAX_VALUE);
    }
    return value.intValue();
  }
}
