package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many files of a source are no images of the split that is read, by kind. */
public final class SkippedFiles {
  private static final int LONGEST_EXAMPLE = 100;

  private final Map<Clutter, Long> files = new EnumMap<>(Clutter.class);
  private final Map<Clutter, String> examples = new EnumMap<>(Clutter.class);

  /** Counts a file; of each kind the first in byte order is its example. */
  public void add(Clutter kind, String path) {
    add(kind, 1);
    examples.merge(kind, path, (a, b) -> Storage.BYTE_ORDER.compare(a, b) <= 0 ? a : b);
  }

  /** Counts files whose names nobody told. */
  public void add(Clutter kind, long more) {
    if (more > 0) {
      files.merge(kind, more, Long::sum);
    }
  }

  /** Of all kinds. */
  public long total() {
    return files.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Counts by what to call them, such as {@code hidden files, such as n1/.x}, in kinds' order. */
  public Map<String, Long> byKind() {
    Map<String, Long> byKind = new LinkedHashMap<>();
    files.forEach((kind, count) -> byKind.put(kind.title() + example(kind), count));
    return byKind;
  }

  private String example(Clutter kind) {
    String path = examples.get(kind);
    if (path == null) {
      return "";
    }
    String cut =
        path.codePointCount(0, path.length()) <= LONGEST_EXAMPLE
            ? path
            : "…" + path.substring(path.offsetByCodePoints(path.length(), -LONGEST_EXAMPLE));
    return ", such as " + FileNames.shown(cut);
  }
}
