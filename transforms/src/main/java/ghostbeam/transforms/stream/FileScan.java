package ghostbeam.transforms.stream;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.format.SourceFormats;
import ghostbeam.transforms.source.FileNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A listing of a source's files, without hidden ones, that may stop at obvious class folders. */
final class FileScan {
  /** Images in folders after which a source is taken for class folders: one page of a store. */
  private static final int ENOUGH_IMAGES = 1000;

  private final List<Storage.Entry> files = new ArrayList<>();
  private final int enough;
  private int images;

  private FileScan(int enough) {
    this.enough = enough;
  }

  static FileScan all(Storage storage, List<String> inputs) throws IOException {
    return new FileScan(Integer.MAX_VALUE).scan(storage, inputs);
  }

  /** Stops once a source is clearly class folders, which have one file per image. */
  static FileScan untilClassFolders(Storage storage, List<String> inputs) throws IOException {
    return new FileScan(ENOUGH_IMAGES).scan(storage, inputs);
  }

  private FileScan scan(Storage storage, List<String> inputs) throws IOException {
    for (String input : inputs) {
      Optional<Storage.Entry> object = storage.find(input);
      if (object.isPresent()) {
        files.add(object.get());
      } else if (!stoppedEarly()) {
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
          return !stoppedEarly();
        });
    below.sort(Storage.BY_PATH);
    return below;
  }

  /** In byte order within each input. */
  List<Storage.Entry> files() {
    return files;
  }

  /** Whether the scan stopped at class folders, so that files may be missing. */
  boolean stoppedEarly() {
    return images >= enough;
  }
}
