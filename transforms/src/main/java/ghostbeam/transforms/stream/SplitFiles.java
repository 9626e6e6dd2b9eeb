package ghostbeam.transforms.stream;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Selects the files of a split by name: {@code train-00000-of-00294.parquet}, {@code
 * imagenet1k-validation-07.tar}, {@code val/part-3}. The last word that names a split counts, first
 * in the file name, then in its folders.
 */
final class SplitFiles {
  private static final Map<String, String> SPLITS =
      Map.of(
          "train",
          "train",
          "training",
          "train",
          "val",
          "val",
          "validation",
          "val",
          "valid",
          "val",
          "test",
          "test",
          "testing",
          "test");

  private static final Pattern WORDS = Pattern.compile("[^a-z]+");

  private SplitFiles() {}

  /**
   * The files of a split; all files if no path names a split.
   *
   * @param folder that contains all files
   * @throws InvalidSourceException if all files are of other splits, or only some paths name a
   *     split
   */
  static List<Storage.Entry> of(String split, String folder, List<Storage.Entry> files)
      throws InvalidSourceException {
    Map<String, List<Storage.Entry>> bySplit = new TreeMap<>();
    for (Storage.Entry file : files) {
      String name = splitOf(file.path().substring(folder.length())).orElse("");
      bySplit.computeIfAbsent(name, key -> new ArrayList<>()).add(file);
    }
    List<Storage.Entry> unassigned = bySplit.remove("");
    if (bySplit.isEmpty()) {
      return files;
    }
    if (unassigned != null) {
      String other = bySplit.values().iterator().next().get(0).path();
      throw new InvalidSourceException(
          "%s names no split, but %s does; give the files of split %s as a quoted glob"
              .formatted(unassigned.get(0).path(), other, split));
    }
    List<Storage.Entry> wanted = bySplit.get(SPLITS.getOrDefault(split, split));
    if (wanted == null) {
      throw new InvalidSourceException(
          "%s has no files of split %s; it has %s, such as %s"
              .formatted(
                  folder,
                  split,
                  String.join(", ", bySplit.keySet()),
                  bySplit.values().iterator().next().get(0).path()),
          SourceRemedy.CHOOSE_SPLIT.with());
    }
    return wanted;
  }

  private static Optional<String> splitOf(String path) {
    String name = FileNames.last(path);
    return Stream.of(name, path.substring(0, path.length() - name.length()))
        .flatMap(text -> lastOf(text).stream())
        .findFirst();
  }

  private static Optional<String> lastOf(String text) {
    return Arrays.stream(WORDS.split(text.toLowerCase(java.util.Locale.ROOT)))
        .filter(SPLITS::containsKey)
        .map(SPLITS::get)
        .reduce((one, next) -> next);
  }
}
