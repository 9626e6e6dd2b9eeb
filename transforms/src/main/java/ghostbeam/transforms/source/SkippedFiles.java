package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts, by kind, the files of a source that are not images of the split being read. */
public final class SkippedFiles {
  private static final int LONGEST_EXAMPLE = 100;

  private final Map<Clutter, Long> files = new EnumMap<>(Clutter.class);
  private final Map<Clutter, String> examples = new EnumMap<>(Clutter.class);

  /** Counts a file; the first of each kind in byte order becomes its example. */
  public void add(Clutter kind, String path) {
    add(kind, 1);
    examples.merge(kind, path, (a, b) -> Storage.BYTE_ORDER.compare(a, b) <= 0 ? a : b);
  }

  /** Counts files whose names are unknown. */
  public void add(Clutter kind, long more) {
    if (more > 0) {
      files.merge(kind, more, Long::sum);
    }
  }

  /** The number of files of all kinds. */
  public long total() {
    return files.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Counts keyed by descriptions like {@code hidden files, such as n1/.x}, in enum order. */
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
