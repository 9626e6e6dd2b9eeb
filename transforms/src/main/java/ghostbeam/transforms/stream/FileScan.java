package ghostbeam.transforms.stream;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.source.FileNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files of a source's inputs, hidden ones left out: all of them, or as many as were asked. */
final class FileScan {
  /** Images in folders that make class folders plain: as many files as a store names at a time. */
  private static final int PLAIN = 1000;

  private final List<Storage.Entry> files = new ArrayList<>();
  private final int enough;
  private int images;

  private FileScan(int enough) {
    this.enough = enough;
  }

  static FileScan all(Storage storage, List<String> inputs) throws IOException {
    return new FileScan(Integer.MAX_VALUE).see(storage, inputs);
  }

  /** No more than it takes to see that a source is class folders, which have a file an image. */
  static FileScan untilPlain(Storage storage, List<String> inputs) throws IOException {
    return new FileScan(PLAIN).see(storage, inputs);
  }

  private FileScan see(Storage storage, List<String> inputs) throws IOException {
    for (String input : inputs) {
      Optional<Storage.Entry> object = storage.find(input);
      if (object.isPresent()) {
        files.add(object.get());
      } else if (!arePlain()) {
        files.addAll(below(storage, input));
      }
    }
    return this;
  }

  private List<Storage.Entry> below(Storage storage, String folder) throws IOException {
    List<Storage.Entry> below = new ArrayList<>();
    String top = Storage.resolve(folder, "");
    storage.walk(
        folder,
        entry -> {
          if (entry.path().startsWith(top)) {
            String path = entry.path().substring(top.length());
            if (!FileNames.isHidden(path)) {
              below.add(entry);
              images += SourceFormats.isImageInFolder(path) ? 1 : 0;
            }
          }
          return !arePlain();
        });
    below.sort(Storage.BY_PATH);
    return below;
  }

  /** In byte order within each input. */
  List<Storage.Entry> files() {
    return files;
  }

  /** Whether they end where class folders were plain, and not all were looked for. */
  boolean arePlain() {
    return images >= enough;
  }
}
