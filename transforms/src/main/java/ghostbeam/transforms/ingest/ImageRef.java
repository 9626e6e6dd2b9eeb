package ghostbeam.transforms.ingest;

import ghostbeam.transforms.source.Packing;
import ghostbeam.transforms.source.SourceFile;
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
 * @param key class and file name, such as {@code n01440764/n01440764_10026.JPEG}; unique
 * @param label 0-based rank of the class's name among all, in byte order
 * @param version of the object when it was listed, as its storage tells it
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
    int label,
    String version) {
  /** The {@link #crc32} of an image whose container keeps none. */
  public static final long UNKNOWN_CRC = SourceFile.UNKNOWN_CRC;

  /** The class's name. */
  public String synset() {
    return key.substring(0, key.indexOf('/'));
  }

  /** The image's own name. */
  public String filename() {
    return key.substring(key.indexOf('/') + 1);
  }

  static ImageRef of(SourceFile file, int label) {
    return new ImageRef(
        file.uri(),
        file.offset(),
        file.length(),
        file.packing(),
        file.bytes(),
        file.crc32(),
        file.path(),
        label,
        file.version());
  }
}
