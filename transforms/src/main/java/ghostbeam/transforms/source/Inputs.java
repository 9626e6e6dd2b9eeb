package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Expands globs to inputs: {@code *}, {@code ?} and {@code [a-z]} within one path segment. */
public final class Inputs {
  private static final Pattern GLOB = Pattern.compile("[*?\\[]");

  /** Ranges in braces, which WebDataset's readers and unquoted shell words expand. */
  private static final Pattern BRACES = Pattern.compile("\\{.*\\.\\..*}");

  private Inputs() {}

  /**
   * Each pattern's matches in byte order, patterns in their given order. A pattern that exists
   * literally is not treated as a glob.
   *
   * @param patterns absolute paths or URIs
   * @throws IOException if a glob matches nothing, or an input comes twice
   */
  public static List<String> expand(Storage storage, List<String> patterns) throws IOException {
    List<String> inputs = new ArrayList<>();
    for (String pattern : patterns) {
      for (String input : expand(storage, pattern)) {
        if (inputs.contains(input)) {
          throw new IOException(input + " is named twice as an input; name it once");
        }
        inputs.add(input);
      }
    }
    return inputs;
  }

  private static List<String> expand(Storage storage, String pattern) throws IOException {
    if (storage.exists(pattern)) {
      return List.of(pattern);
    }
    InputPath path = InputPath.parse(pattern);
    if (path.inside().isEmpty()) {
      return matches(storage, pattern);
    }
    return matches(storage, path.container()).stream()
        .map(container -> new InputPath(container, path.inside()).toString())
        .toList();
  }

  private static List<String> matches(Storage storage, String pattern) throws IOException {
    Matcher glob = GLOB.matcher(pattern);
    if (!glob.find() || storage.exists(pattern)) {
      if (BRACES.matcher(pattern).find() && storage.list(pattern).isEmpty()) {
        throw new IOException(
            pattern + " does not exist, and braces are not expanded; use * or [0-9], in quotes");
      }
      return List.of(pattern);
    }
    int top = pattern.lastIndexOf('/', glob.start()) + 1;
    String folder = pattern.substring(0, top);
    String wanted = pattern.substring(top).replaceFirst("/+$", "");
    int parts = wanted.split("/", -1).length;
    PathMatcher matcher = matcher(pattern, wanted);
    TreeSet<String> found = new TreeSet<>(Storage.BYTE_ORDER);
    for (Storage.Entry entry : storage.list(folder)) {
      if (entry.path().startsWith(folder)) {
        String name = firstParts(entry.path().substring(top), parts);
        if (matcher.matches(Path.of(name))) {
          found.add(folder + name);
        }
      }
    }
    if (found.isEmpty()) {
      throw new IOException(
          pattern + " matches nothing; quote it, and check what " + folder + " contains");
    }
    return List.copyOf(found);
  }

  private static PathMatcher matcher(String pattern, String wanted) throws IOException {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + wanted);
    } catch (PatternSyntaxException e) {
      throw new IOException(pattern + " is not a valid glob: " + e.getDescription(), e);
    }
  }

  private static String firstParts(String path, int parts) {
    int end = -1;
    for (int i = 0; i < parts; i++) {
      end = path.indexOf('/', end + 1);
      if (end < 0) {
        return path;
      }
    }
    return path.substring(0, end);
  }
}
