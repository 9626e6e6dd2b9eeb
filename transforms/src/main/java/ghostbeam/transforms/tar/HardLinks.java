package ghostbeam.transforms.tar;

import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.SourceFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The hard links of one tar: a packer writes the bytes of a file of several names under one of
 * them. Such a link is a file like any other, whose bytes lie where its target's do.
 */
final class HardLinks {
  /** More links to the bytes of one file than people make, and than a bomb can do without. */
  private static final int MOST_TO_ONE = 1000;

  /** Links that lead to links; a packer makes all of them lead to the file. */
  private static final int LONGEST_CHAIN = 40;

  private final String tar;
  private final Map<String, String> targets = new LinkedHashMap<>();

  HardLinks(String tar) {
    this.tar = tar;
  }

  /** A link, neither of its names known to be safe. */
  void add(String path, String target) throws IOException {
    String before = targets.put(path, target);
    if (before != null && !before.equals(target)) {
      throw new IOException(
          "%s holds %s twice; pack it again".formatted(tar, FileNames.shown(path)));
    }
  }

  int size() {
    return targets.size();
  }

  /**
   * The links whose targets are there, before them or after, also by way of other links; what the
   * others stand for, nobody can read.
   */
  List<SourceFile> resolve(List<SourceFile> files) throws IOException {
    if (targets.isEmpty()) {
      return List.of();
    }
    Map<String, SourceFile> byPath = new HashMap<>();
    files.forEach(file -> byPath.put(file.path(), file));
    Map<String, Integer> names = new HashMap<>();
    List<SourceFile> linked = new ArrayList<>();
    for (Map.Entry<String, String> link : targets.entrySet()) {
      SourceFile file = byPath.get(end(link.getValue(), byPath));
      // GNU tar writes a file that it was told to pack twice as a link to itself.
      if (file != null && !file.path().equals(link.getKey())) {
        FileNames.requireSafe(tar, link.getKey());
        linked.add(file.at(link.getKey()));
        if (names.merge(file.path(), 1, Integer::sum) > MOST_TO_ONE) {
          throw new IOException(
              "%s holds more than %d hard links to %s; refused, as it may be hostile"
                  .formatted(tar, MOST_TO_ONE, FileNames.shown(file.path())));
        }
      }
    }
    return linked;
  }

  /** Where a target leads that may be a link itself. */
  private String end(String target, Map<String, SourceFile> files) {
    String at = target;
    for (int i = 0; i < LONGEST_CHAIN && !files.containsKey(at) && targets.containsKey(at); i++) {
      at = targets.get(at);
    }
    return at;
  }
}
