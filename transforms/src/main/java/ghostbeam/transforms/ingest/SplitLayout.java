package ghostbeam.transforms.ingest;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where a source keeps the class folders of one split. A source that holds {@code train} or {@code
 * val} folders of class folders, at any depth, has splits: then only the asked one counts. Any
 * other source is one split, with its class folders at the top.
 */
final class SplitLayout {
  private static final Set<String> SPLITS = Set.of("train", "val");

  private SplitLayout() {}

  /**
   * The path of the folder that holds the split's class folders: empty, or ending in {@code /}.
   *
   * @param source what to call the source in an error
   * @param paths of its files, relative to its top
   * @throws IOException if the source has splits but not this one, or has it more than once
   */
  static String classesFolder(String source, Collection<String> paths, String split)
      throws IOException {
    TreeMap<String, Set<String>> splitsByFolder = new TreeMap<>();
    for (String path : paths) {
      String[] parts = path.split("/", -1);
      int at = parts.length - 3;
      if (at >= 0 && SPLITS.contains(parts[at])) {
        String folder = String.join("/", List.of(parts).subList(0, at));
        splitsByFolder
            .computeIfAbsent(folder.isEmpty() ? "" : folder + "/", f -> new TreeSet<>())
            .add(parts[at]);
      }
    }
    if (splitsByFolder.isEmpty()) {
      return "";
    }
    List<String> holders =
        splitsByFolder.keySet().stream()
            .filter(folder -> splitsByFolder.get(folder).contains(split))
            .map(folder -> folder + split + "/")
            .toList();
    if (holders.isEmpty()) {
      Set<String> there = new TreeSet<>();
      splitsByFolder.values().forEach(there::addAll);
      throw new UnfitSourceException(
          String.format(
              "%s has no split %s with class folders; it has %s: choose with --split",
              source, split, String.join(", ", there)));
    }
    if (holders.size() > 1) {
      throw new UnfitSourceException(
          String.format(
              "%s has the split %s more than once (%s); give --input the folder of one",
              source, split, String.join(", ", holders)));
    }
    return holders.get(0);
  }
}
