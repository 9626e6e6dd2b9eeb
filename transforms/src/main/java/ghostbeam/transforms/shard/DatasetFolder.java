package ghostbeam.transforms.shard;

import ghostbeam.model.record.Manifest;
import ghostbeam.model.record.ShardNames;
import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * Where one split of a dataset goes.
 *
 * @param storage what holds the folder
 * @param folder absolute path or URI; it need not exist
 * @param split such as {@code train}
 */
public record DatasetFolder(Storage storage, String folder, String split) implements Serializable {
  /** What a file is called until it is whole. */
  private static final String UNFINISHED = ".part";

  /**
   * Refuses a place that cannot take this split.
   *
   * @param replace whether a finished dataset of this split may be there
   */
  public void requireFree(boolean replace) throws IOException {
    if (storage.exists(folder)) {
      throw new IOException(folder + " is a file; --output takes a folder, which need not exist");
    }
    if (!replace && storage.exists(path(ShardNames.manifest(split)))) {
      throw new IOException(
          String.format(
              "%s already holds a finished dataset of split %s; give another --output, or"
                  + " --overwrite to replace it",
              folder, split));
    }
  }

  /** The finished dataset's manifest; an unfinished one throws. */
  public Manifest manifest() throws IOException {
    return Manifest.read(storage, folder, split);
  }

  String path(String file) {
    return Storage.resolve(folder, file);
  }

  String temporaryPath(String file) {
    return path(file) + UNFINISHED;
  }

  /**
   * Deletes what earlier runs left of this split, its manifest first: from then on there is no
   * dataset. Other files of the folder stay.
   */
  void clear() throws IOException {
    storage.delete(path(ShardNames.manifest(split)));
    Pattern ours =
        Pattern.compile(
            Pattern.quote(split)
                + "(-\\d{5}-of-\\d{5}\\.(tfrecord|index)|-rejected\\.jsonl|-manifest\\.json)"
                + "(\\.part)?");
    String top = path("");
    for (Storage.Entry entry : storage.list(folder)) {
      String path = entry.path();
      if (path.startsWith(top) && ours.matcher(path.substring(top.length())).matches()) {
        storage.delete(path);
      }
    }
  }
}
