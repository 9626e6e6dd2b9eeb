package ghostbeam.transforms.format;

/**
 * One record as its form reads it, its class not yet checked.
 *
 * @param position in its file, from 0
 * @param key what to call it in a message: the file's name in the source, and its own in the file
 * @param filename the image's own name
 * @param bytes the image; of no use where there is a fault
 * @param mark what it says of its class; of no use where there is a fault
 * @param fault why it cannot be read; empty where it can
 */
public record StreamedRecord(
    long position, String key, String filename, byte[] bytes, RawLabel mark, String fault) {

  /** A record that cannot be read. */
  static StreamedRecord faulty(long position, String key, String fault) {
    return new StreamedRecord(
        position, key, "", new byte[0], new RawLabel(RawLabel.NONE, 0, ""), fault);
  }
}
