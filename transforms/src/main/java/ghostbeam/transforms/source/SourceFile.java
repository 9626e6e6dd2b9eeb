package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One file of a source as a byte range of an object, before anybody knows which class it is of.
 *
 * @param path relative to the source's top, parts separated by {@code /}
 * @param uri the object: the file itself, or the archive that holds it
 * @param offset where the range begins, in bytes
 * @param length bytes as stored, compressed where {@code packing} says so; of a zip entry without
 *     its local header
 * @param bytes of the file itself
 * @param crc32 of the file itself, or {@link #UNKNOWN_CRC}
 * @param version of the object, {@link Storage.Entry#version}
 */
public record SourceFile(
    String path,
    String uri,
    long offset,
    long length,
    Packing packing,
    long bytes,
    long crc32,
    String version) {
  /** The {@link #crc32} of a file whose container keeps none. */
  public static final long UNKNOWN_CRC = -1;

  /**
   * The files below a folder at any depth; empty where nothing is there.
   *
   * @param nowhere takes the paths of links that lead nowhere
   */
  static List<SourceFile> below(Storage storage, String folder, Consumer<String> nowhere)
      throws IOException {
    String top = Storage.resolve(folder, "");
    List<SourceFile> files = new ArrayList<>();
    for (Storage.Entry entry : storage.list(folder, nowhere)) {
      String uri = entry.path();
      if (!uri.startsWith(top)) {
        throw new IOException(
            uri + " was listed below " + folder + "; give the folder's absolute path");
      }
      String path = uri.substring(top.length());
      FileNames.requireSafe(folder, path);
      long bytes = entry.bytes();
      files.add(
          new SourceFile(path, uri, 0, bytes, Packing.PLAIN, bytes, UNKNOWN_CRC, entry.version()));
    }
    return files;
  }

  /** The same file under another path. */
  public SourceFile at(String newPath) {
    return new SourceFile(newPath, uri, offset, length, packing, bytes, crc32, version);
  }
}
