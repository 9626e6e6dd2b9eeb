package ghostbeam.transforms.format;

/**
 * A record as read by its format, with its label not yet checked.
 *
 * @param position in its file, from 0
 * @param key its name in messages: the file's name in the source and the record's in the file
 * @param filename of the image
 * @param bytes of the image file; undefined if there is a fault
 * @param rawLabel the label as stored; undefined if there is a fault
 * @param fault why the record cannot be read; empty if it can
 */
public record StreamedRecord(
    long position, String key, String filename, byte[] bytes, RawLabel rawLabel, String fault) {

  /** A record that cannot be read. */
  static StreamedRecord faulty(long position, String key, String fault) {
    return new StreamedRecord(
        position, key, "", new byte[0], new RawLabel(RawLabel.NONE, 0, ""), fault);
  }
}
