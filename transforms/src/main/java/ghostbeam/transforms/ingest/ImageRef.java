package ghostbeam.transforms.ingest;

import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * One source image as a byte range of an object, so that an archive is never copied or unpacked.
 *
 * @param uri the object: a file, or an archive that holds the image
 * @param offset where the range begins, in bytes
 * @param length bytes of the range as stored, compressed where {@code packing} says so; for a zip
 *     entry without its local header
 * @param packing how the image lies in its range
 * @param imageBytes length of the image itself
 * @param crc32 CRC-32 of the image itself, or {@link #UNKNOWN_CRC}
 * @param key class folder and file name, such as {@code n01440764/n01440764_10026.JPEG}; unique
 * @param label 0-based rank of the class folder's name among all, in byte order
 */
@DefaultCoder(ImageRefCoder.class)
public record ImageRef(
    String uri,
    long offset,
    long length,
    Packing packing,
    long imageBytes,
    long crc32,
    String key,
    int label) {
  /** The {@link #crc32} of an image whose container keeps none. */
  public static final long UNKNOWN_CRC = -1;

  /** How an image lies in its byte range. */
  public enum Packing {
    /** The range is the image. */
    PLAIN,
    /** The range begins at a zip entry's local header; the image follows as it is. */
    ZIP_STORED,
    /** The range begins at a zip entry's local header; the image follows deflated. */
    ZIP_DEFLATED
  }

  /** The class folder's name. */
  public String synset() {
    return key.substring(0, key.indexOf('/'));
  }

  /** The image's own name. */
  public String filename() {
    return key.substring(key.indexOf('/') + 1);
  }
}
