package ghostbeam.transforms.format;

import ghostbeam.model.storage.Storage;
import java.io.Serializable;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * The unit that one worker reads sequentially: a file, or a part of one.
 *
 * @param path absolute path or URI of the file
 * @param bytes length of the file
 * @param version of the file when it was listed, {@link Storage.Entry#version}
 * @param name path of the file relative to its source; it determines where the records go
 * @param part index of the part in the file, from 0
 * @param records in the part, or {@link #UNKNOWN}
 */
@DefaultCoder(SerializableCoder.class)
public record Block(String path, long bytes, String version, String name, int part, long records)
    implements Serializable {
  /** The {@link #records} of a part that must be read to count them. */
  public static final long UNKNOWN = -1;

  /** A whole file. */
  public static Block of(Storage.Entry file, String name) {
    return new Block(file.path(), file.bytes(), file.version(), name, 0, UNKNOWN);
  }

  /** A part of the same file. */
  Block part(int number, long partRecords) {
    return new Block(path, bytes, version, name, number, partRecords);
  }

  Storage.Entry file() {
    return new Storage.Entry(path, bytes, version);
  }
}
