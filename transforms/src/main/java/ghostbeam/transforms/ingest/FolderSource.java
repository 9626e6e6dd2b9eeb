package ghostbeam.transforms.ingest;

import ghostbeam.model.record.Storage;
import ghostbeam.transforms.ingest.ImageRef.Packing;
import java.io.IOException;
import java.util.List;

/** A folder: every file below it is a source file of its own. */
final class FolderSource {
  private FolderSource() {}

  /** The files below a folder at any depth; empty where nothing is there. */
  static List<SourceFile> list(Storage storage, String folder) throws IOException {
    List<Storage.Entry> entries = storage.list(folder);
    if (entries.isEmpty()) {
      return List.of();
    }
    String top = Storage.resolve(folder, "");
    for (Storage.Entry entry : entries) {
      if (!entry.path().startsWith(top)) {
        throw new IOException(
            entry.path() + " was listed below " + folder + "; give the folder's absolute path");
      }
    }
    return entries.stream().map(entry -> file(entry, top.length())).toList();
  }

  private static SourceFile file(Storage.Entry entry, int top) {
    long bytes = entry.bytes();
    return new SourceFile(
        entry.path().substring(top),
        entry.path(),
        0,
        bytes,
        Packing.PLAIN,
        bytes,
        ImageRef.UNKNOWN_CRC);
  }
}
