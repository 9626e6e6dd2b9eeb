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

/** A tree of the source's folders that contain, at any depth, files that may be images. */
final class FolderTree {
  /** Relative to the source's root: empty, or ending in {@code /}. */
  private final String path;

  private final Map<String, FolderTree> folders = new TreeMap<>(Storage.BYTE_ORDER);
  private long files;
  private String example = "";
  private boolean hasNamedImages;

  private FolderTree(String path) {
    this.path = path;
  }

  /** Builds the tree of these file paths. */
  static FolderTree of(Iterable<String> paths) {
    FolderTree top = new FolderTree("");
    Map<String, FolderTree> known = new HashMap<>();
    for (String path : paths) {
      FolderTree folder =
          known.computeIfAbsent(path.substring(0, path.lastIndexOf('/') + 1), top::below);
      folder.files++;
      folder.hasNamedImages |= Clutter.hasImageExtension(path);
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

  /** Names of the subfolders, in byte order. */
  Collection<String> names() {
    return folders.keySet();
  }

  Collection<FolderTree> folders() {
    return folders.values();
  }

  /** The number of files directly in this folder. */
  long files() {
    return files;
  }

  boolean isLeaf() {
    return folders.isEmpty();
  }

  /** The first file at any depth, folder by folder in byte order; empty if there is none. */
  String example() {
    return withFiles().findFirst().map(folder -> folder.example).orElse("");
  }

  /** Whether a file at any depth has an image's extension. */
  boolean hasNamedImages() {
    return withFiles().anyMatch(folder -> folder.hasNamedImages);
  }

  /** The folders with files of their own: this one and those at any depth. */
  Stream<FolderTree> withFiles() {
    Stream<FolderTree> below = folders.values().stream().flatMap(FolderTree::withFiles);
    return files > 0 ? Stream.concat(Stream.of(this), below) : below;
  }

  /** The only folder {@linkplain #withFiles with files}; empty if there are several or none. */
  Optional<FolderTree> only() {
    List<FolderTree> two = withFiles().limit(2).toList();
    return two.size() == 1 ? Optional.of(two.get(0)) : Optional.empty();
  }

  /** The trees that {@linkplain #hasNamedImages have named images}, or all if none has. */
  static List<FolderTree> byImages(List<FolderTree> trees) {
    List<FolderTree> withImages = trees.stream().filter(FolderTree::hasNamedImages).toList();
    return withImages.isEmpty() ? trees : withImages;
  }
}
