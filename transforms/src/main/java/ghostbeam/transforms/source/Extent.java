package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.io.IOException;

/**
 * Where one file of a source lies: a byte range of an object, so that an archive is never copied or
 * unpacked.
 *
 * @param uri the object: the file itself, or the archive that holds it
 * @param version of the object when it was listed, {@link Storage.Entry#version}
 * @param offset where the range begins, in bytes
 * @param length bytes of the file as stored, compressed where the packing says so, without what it
 *     may have before them
 * @param packing how the file lies in the range
 * @param bytes of the file itself
 * @param crc32 of the file itself, or {@link #UNKNOWN_CRC}
 */
public record Extent(
    String uri, String version, long offset, long length, Packing packing, long bytes, long crc32) {
  /** The {@link #crc32} of a file whose container keeps none. */
  public static final long UNKNOWN_CRC = -1;

  /** A file whose bytes lie in an object as they are. */
  public static Extent stored(Storage.Entry object, long offset, long bytes, Packing packing) {
    return new Extent(object.path(), object.version(), offset, bytes, packing, bytes, UNKNOWN_CRC);
  }

  /** The object that is one file, of that file's length. */
  public Storage.Entry object() {
    return new Storage.Entry(uri, bytes, version);
  }

  /** Where the range ends, if what it has before the file's bytes is of the usual length. */
  public long end() {
    return offset + packing.header() + length;
  }

  /** What to throw where the object is not what was listed. */
  public IOException changed() {
    return new IOException(
        uri + " changed while it was read; let nothing write there and run again");
  }
}
