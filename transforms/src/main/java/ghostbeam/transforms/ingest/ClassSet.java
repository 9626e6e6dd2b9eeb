package ghostbeam.transforms.ingest;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder whose subfolders are classes.
 *
 * @param folder the parent of the class folders
 * @param within the path from each class folder to its images: empty, or one name and {@code /}
 */
record ClassSet(FolderTree folder, String within) {

  /** The topmost class sets in a folder; folders that only wrap others are descended into. */
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

  /** Whether every subfolder is a class and nothing lies deeper. */
  static boolean isOne(FolderTree folder) {
    return !folder.isLeaf()
        && (folder.folders().stream().allMatch(FolderTree::isLeaf)
            || !commonFolder(folder).isEmpty());
  }

  /** The subfolder, of the same name in each of several folders, that holds all their files. */
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

  /** The folder of a class's images. */
  String imagesOf(String name) {
    return folder.path() + name + "/" + within;
  }

  /** The number of files below the images' folders. */
  long deeper() {
    return stray().mapToLong(FolderTree::files).sum();
  }

  /** One of the {@link #deeper} files. */
  String exampleDeeper() {
    return stray().map(FolderTree::example).findFirst().orElse("");
  }

  /** Folders with files that are not images' folders. */
  private Stream<FolderTree> stray() {
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
