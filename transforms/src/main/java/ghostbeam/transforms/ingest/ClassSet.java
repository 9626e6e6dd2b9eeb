package ghostbeam.transforms.ingest;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder whose folders are classes.
 *
 * @param folder it
 * @param within the path from every class's folder to its images: empty, or one name and {@code /}
 */
record ClassSet(FolderTree folder, String within) {

  /** All sets below a folder that no other is below; wrapping folders are passed through. */
  static List<ClassSet> in(FolderTree folder) {
    if (folder.isLeaf()) {
      return List.of();
    }
    if (folder.folders().stream().anyMatch(child -> child.files() > 0)) {
      return List.of(new ClassSet(folder, ""));
    }
    String within = commonFolder(folder);
    if (!within.isEmpty()) {
      return List.of(new ClassSet(folder, within));
    }
    return folder.folders().stream().flatMap(child -> in(child).stream()).toList();
  }

  /** Whether each folder in this one is a class and nothing lies deeper. */
  static boolean isOne(FolderTree folder) {
    return !folder.isLeaf()
        && (folder.folders().stream().allMatch(FolderTree::isLeaf)
            || !commonFolder(folder).isEmpty());
  }

  /** The one folder, of one name, that each of several folders has and that has all its files. */
  private static String commonFolder(FolderTree folder) {
    TreeSet<String> names = new TreeSet<>();
    for (FolderTree child : folder.folders()) {
      if (child.files() > 0
          || child.folders().size() != 1
          || !child.folders().iterator().next().isLeaf()) {
        return "";
      }
      names.addAll(child.names());
    }
    return folder.folders().size() > 1 && names.size() == 1 ? names.first() + "/" : "";
  }

  /** Where a class's images lie. */
  String imagesOf(String name) {
    return folder.path() + name + "/" + within;
  }

  /** How many files lie below where images lie. */
  long deeper() {
    return beside().mapToLong(FolderTree::files).sum();
  }

  /** One of those. */
  String exampleDeeper() {
    return beside().map(FolderTree::example).findFirst().orElse("");
  }

  /** The folders with files in which no images are to lie. */
  private Stream<FolderTree> beside() {
    return folder.folders().stream()
        .flatMap(FolderTree::withFiles)
        .filter(below -> !isImages(below));
  }

  private boolean isImages(FolderTree below) {
    String path = below.path().substring(folder.path().length());
    int slash = path.indexOf('/');
    return path.substring(slash + 1).equals(within);
  }
}
