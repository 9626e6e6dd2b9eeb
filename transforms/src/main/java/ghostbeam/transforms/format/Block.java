package ghostbeam.transforms.format;

import ghostbeam.model.storage.Storage;
import java.io.Serializable;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * What one worker reads forwards: a file, or a part of it.
 *
 * @param path of the file, absolute or a URI
 * @param bytes of the file
 * @param version of the file when it was listed, {@link Storage.Entry#version}
 * @param name of the file relative to its source, by which its records find their places
 * @param part which part of the file, from 0
 * @param records in the part, or {@link #UNKNOWN}
 */
@DefaultCoder(SerializableCoder.class)
public record Block(String path, long bytes, String version, String name, int part, long records)
    implements Serializable {
  /** The {@link #records} of a part that only reading would count. */
  public static final long UNKNOWN = -1;

  /** A whole file. */
  public static Block of(Storage.Entry file, String name) {
    return new Block(file.path(), file.bytes(), file.version(), name, 0, UNKNOWN);
  }

  /** A part of the same file. */
  Block part(int number, long itsRecords) {
    return new Block(path, bytes, version, name, number, itsRecords);
  }

  Storage.Entry file() {
    return new Storage.Entry(path, bytes, version);
  }
}
