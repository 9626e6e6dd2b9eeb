package ghostbeam.transforms.ingest;

import ghostbeam.model.record.Storage;
import ghostbeam.transforms.ingest.ImageRef.Packing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One file of a source before anybody knows which class it belongs to.
 *
 * @param path relative to the source's top, parts separated by {@code /}
 */
record SourceFile(
    String path,
    String uri,
    long offset,
    long length,
    Packing packing,
    long imageBytes,
    long crc32) {

  /** The files below a folder at any depth; empty where nothing is there. */
  static List<SourceFile> below(Storage storage, String folder) throws IOException {
    String top = Storage.resolve(folder, "");
    List<SourceFile> files = new ArrayList<>();
    for (Storage.Entry entry : storage.list(folder)) {
      String uri = entry.path();
      if (!uri.startsWith(top)) {
        throw new IOException(
            uri + " was listed below " + folder + "; give the folder's absolute path");
      }
      String path = uri.substring(top.length());
      long bytes = entry.bytes();
      files.add(new SourceFile(path, uri, 0, bytes, Packing.PLAIN, bytes, ImageRef.UNKNOWN_CRC));
    }
    return files;
  }

  /** The image this file is, once its class is known. */
  ImageRef asImage(String key, int label) {
    return new ImageRef(uri, offset, length, packing, imageBytes, crc32, key, label);
  }
}
