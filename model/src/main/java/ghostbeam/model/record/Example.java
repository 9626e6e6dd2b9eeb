package ghostbeam.model.record;

import java.io.IOException;

/**
 * One labelled image as stored in a shard.
 *
 * @param encoded the image's bytes, as {@code format} says
 * @param format {@code JPEG}, {@code PNG} or {@code RAW} (uint8, H×W×C)
 * @param width in pixels
 * @param height in pixels
 * @param channels 1 or 3
 * @param colorspace {@code RGB} or {@code Grayscale}
 * @param label 0-based index of the synset among the dataset's classes
 * @param synset the class's folder name, such as {@code n01440764}
 * @param filename the image's own name without folders
 * @param pixelDigest equal for equal images: 32 hex digits, the XXH3 of the stored pixels with
 *     height · 2³² + width as its seed; for a JPEG that was shrunk plane by plane, that of Y, Cb
 *     and Cr in this order; empty where unknown
 * @param eighthDigest the counterpart for a JPEG that was stored unchanged: the same digest of the
 *     image decoded at an eighth of its size, with the full image's sides in the seed; empty where
 *     unknown
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

  /** The class's folder and the image's own name, {@code n01440764/n01440764_10026.JPEG}. */
  public String key() {
    return synset.isEmpty() ? filename : synset + "/" + filename;
  }

  /** This image as a serialised tf.train.Example, features in byte order of their names. */
  public byte[] toBytes() {
    return toBytes(0, 0);
  }

  /** The same with {@code around} zero bytes around it, {@code before} of them in front. */
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
   * Parses what {@link #toBytes}, or another writer that follows the ImageNet convention, wrote.
   *
   * <p>Only {@code image/encoded} and {@code image/class/label} are required. Unknown features are
   * skipped. Defaults: empty for strings, {@code JPEG} for the format, 0 for sizes, 3 for channels;
   * the colorspace follows from the channels.
   *
   * @throws IOException where the bytes are not a tf.train.Example or lack a required feature
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

  /** A non-negative int; a negative fallback makes the feature required. */
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
