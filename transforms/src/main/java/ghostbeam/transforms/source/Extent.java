package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.io.IOException;

/**
 * The byte range of one file of a source within an object, so that archives need not be copied or
 * unpacked.
 *
 * @param uri of the object: the file itself, or the archive that contains it
 * @param version of the object when it was listed, {@link Storage.Entry#version}
 * @param offset at which the range starts, in bytes
 * @param length bytes of the file as stored, maybe compressed, without a header before them
 * @param packing how the file is stored in the range
 * @param bytes length of the file, uncompressed
 * @param crc32 of the file, uncompressed, or {@link #UNKNOWN_CRC}
 */
public record Extent(
    String uri, String version, long offset, long length, Packing packing, long bytes, long crc32) {
  /** The {@link #crc32} if the container records none. */
  public static final long UNKNOWN_CRC = -1;

  /** A file stored uncompressed and without a header. */
  public static Extent stored(Storage.Entry object, long offset, long bytes, Packing packing) {
    return new Extent(object.path(), object.version(), offset, bytes, packing, bytes, UNKNOWN_CRC);
  }

  /** The whole object as a storage entry, if it is the file itself. */
  public Storage.Entry object() {
    return new Storage.Entry(uri, bytes, version);
  }

  /** The end offset of the range, if the header before the file has the usual length. */
  public long end() {
    return offset + packing.header() + length;
  }

  /** The exception to throw if the object is not what was listed. */
  public IOException changed() {
    return new IOException(
        uri + " changed while it was read; stop what writes to it and run again");
  }
}
