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
 * The hard links of one tar. A file with several names has its bytes stored under one of them; the
 * others are links to it, which are listed as files with the same extent.
 */
final class HardLinks {
  /** Limit for links to one file: more than anybody needs, but too few for an archive bomb. */
  private static final int MOST_TO_ONE = 1000;

  /** Limit for links to links; packers make all links point to the file itself. */
  private static final int LONGEST_CHAIN = 40;

  private final String tar;
  private final Map<String, String> targets = new LinkedHashMap<>();

  HardLinks(String tar) {
    this.tar = tar;
  }

  /** Adds a link, whose names need not be safe. */
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
   * The links as files, if their target, possibly through other links, is a file anywhere in the
   * tar; other links cannot be read and are dropped.
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
      // GNU tar writes a file named twice on its command line as a link to itself.
      if (file != null && !file.path().equals(link.getKey())) {
        FileNames.requireSafe(tar, link.getKey());
        linked.add(file.at(link.getKey()));
        if (names.merge(file.path(), 1, Integer::sum) > MOST_TO_ONE) {
          throw new IOException(
              "%s holds more than %d hard links to %s; refused, as it may be malicious"
                  .formatted(tar, MOST_TO_ONE, FileNames.shown(file.path())));
        }
      }
    }
    return linked;
  }

  /** Follows a target through links to its end. */
  private String end(String target, Map<String, SourceFile> files) {
    String at = target;
    for (int i = 0; i < LONGEST_CHAIN && !files.containsKey(at) && targets.containsKey(at); i++) {
      at = targets.get(at);
    }
    return at;
  }
}
