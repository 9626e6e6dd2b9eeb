package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Clutter;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A folder of a source that has at any depth what may be images: nothing else is in the tree. */
final class FolderTree {
  /** Relative to the source's top: empty, or ending in {@code /}. */
  private final String path;

  private final Map<String, FolderTree> folders = new TreeMap<>(Storage.BYTE_ORDER);
  private long files;
  private String example = "";
  private boolean namedAsImages;

  private FolderTree(String path) {
    this.path = path;
  }

  /** The tree of files by their paths. */
  static FolderTree of(Iterable<String> paths) {
    FolderTree top = new FolderTree("");
    Map<String, FolderTree> known = new HashMap<>();
    for (String path : paths) {
      FolderTree folder =
          known.computeIfAbsent(path.substring(0, path.lastIndexOf('/') + 1), top::below);
      folder.files++;
      folder.namedAsImages |= Clutter.namedAsImage(path);
      if (folder.example.isEmpty() || Storage.BYTE_ORDER.compare(path, folder.example) < 0) {
        folder.example = path;
      }
    }
    return top;
  }

  private FolderTree below(String folder) {
    FolderTree at = this;
    int from = 0;
    for (int slash = folder.indexOf('/'); slash >= 0; slash = folder.indexOf('/', from)) {
      String name = folder.substring(from, slash);
      String whole = folder.substring(0, slash + 1);
      at = at.folders.computeIfAbsent(name, n -> new FolderTree(whole));
      from = slash + 1;
    }
    return at;
  }

  String path() {
    return path;
  }

  /** Names of the folders in it, in byte order. */
  Collection<String> names() {
    return folders.keySet();
  }

  Collection<FolderTree> folders() {
    return folders.values();
  }

  /** How many files lie in it, not deeper. */
  long files() {
    return files;
  }

  boolean isLeaf() {
    return folders.isEmpty();
  }

  /** Of the files at any depth the first, by folders and then in byte order; none of no tree. */
  String example() {
    return withFiles().findFirst().map(folder -> folder.example).orElse("");
  }

  /** Whether a file at any depth is called as images are. */
  boolean hasNamedImages() {
    return withFiles().anyMatch(folder -> folder.namedAsImages);
  }

  /** This folder and those below it that files lie in. */
  Stream<FolderTree> withFiles() {
    Stream<FolderTree> below = folders.values().stream().flatMap(FolderTree::withFiles);
    return files > 0 ? Stream.concat(Stream.of(this), below) : below;
  }

  /** The only folder in it that files lie in; empty where there are several or none. */
  Optional<FolderTree> only() {
    List<FolderTree> two = withFiles().limit(2).toList();
    return two.size() == 1 ? Optional.of(two.get(0)) : Optional.empty();
  }

  /** Those of several trees that hold what is called as images are, or all where none does. */
  static List<FolderTree> byImages(List<FolderTree> trees) {
    List<FolderTree> withImages = trees.stream().filter(FolderTree::hasNamedImages).toList();
    return withImages.isEmpty() ? trees : withImages;
  }
}
