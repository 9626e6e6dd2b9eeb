package ghostbeam.pipelines.evaluate;

import ghostbeam.model.inference.ModelFormats;
import ghostbeam.model.storage.ForeignWeightsException;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.TrainingFolder;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Finds checkpoint files by path, glob or training folder. */
public final class CheckpointFiles {
  private static final Pattern GLOB = Pattern.compile("[*?\\[{]");

  /** Directly in the folder or in its checkpoints/; state/ holds only what resuming needs. */
  private static final Pattern IN_FOLDER =
      Pattern.compile("(%s/)?[^/]+".formatted(TrainingFolder.CHECKPOINTS));

  private static final Pattern OPTIMIZER_STATE =
      Pattern.compile("(.*/)?state/[^/]+|(.*/)?[^/]*optimi[sz]er[^/]*");

  private CheckpointFiles() {}

  /**
   * The checkpoint files that a flag's value names, each once, in byte order.
   *
   * @throws UsageException if it is blank, or if a path neither exists nor is a valid glob
   * @throws IOException if a path matches no checkpoint
   */
  public static List<String> find(Storage storage, String checkpoints) throws IOException {
    return find(storage, paths(checkpoints));
  }

  /** The paths that a flag's value lists, absolute. */
  static List<String> paths(String checkpoints) {
    if (checkpoints == null || checkpoints.isBlank()) {
      throw new UsageException("--checkpoints is missing; it takes files, globs and folders");
    }
    List<String> listed = Launch.isOnePath(checkpoints) ? List.of(checkpoints) : split(checkpoints);
    List<String> paths =
        listed.stream()
            .map(String::strip)
            .filter(path -> !path.isEmpty())
            .map(Launch::absolute)
            .toList();
    if (paths.isEmpty()) {
      throw new UsageException(
          "--checkpoints=" + checkpoints + " is invalid; expected files or folders");
    }
    return paths;
  }

  /** The paths of a comma-separated list; commas inside a glob's braces do not separate. */
  static List<String> split(String list) {
    List<String> paths = new ArrayList<>();
    int start = 0;
    int at = 0;
    while (at < list.length()) {
      char letter = list.charAt(at);
      if (letter == ',') {
        paths.add(list.substring(start, at));
        start = at + 1;
      } else if (letter == '{') {
        at = Math.max(at, list.indexOf('}', at)); // an unclosed brace protects nothing
      }
      at++;
    }
    paths.add(list.substring(start));
    return paths;
  }

  /**
   * The checkpoint files that the paths name, each once, in byte order. A path that exists
   * literally is not read as a glob.
   *
   * @throws UsageException if a path neither exists nor is a valid glob
   * @throws IOException if a path matches no checkpoint
   */
  static List<String> find(Storage storage, List<String> paths) throws IOException {
    TreeSet<String> found = new TreeSet<>();
    for (String path : paths) {
      List<String> files = at(storage, path);
      if (files.isEmpty() && GLOB.matcher(path).find() && storage.list(path).isEmpty()) {
        files = glob(storage, path);
      }
      if (files.isEmpty() && storage.exists(path)) {
        throw new ForeignWeightsException(
            path, "cannot be scored as it is: its name ends in none of " + ModelFormats.suffixes());
      }
      if (files.isEmpty()) {
        throw new IOException(
            "%s %s: give a file (%s), a glob, or a folder with .safetensors files in it or in its checkpoints/"
                .formatted(path, whyMissing(storage, path), ModelFormats.suffixes()));
      }
      found.addAll(files);
    }
    return List.copyOf(found);
  }

  /** Why a path matches no checkpoint. */
  private static String whyMissing(Storage storage, String path) throws IOException {
    if (GLOB.matcher(path).find() || !storage.list(path).isEmpty()) {
      return "holds no checkpoint";
    }
    return ModelFormats.isNamed(path) ? "does not exist" : "does not exist or is empty";
  }

  private static List<String> at(Storage storage, String path) throws IOException {
    return ModelFormats.isNamed(path) && storage.exists(path)
        ? List.of(path)
        : below(storage, path, IN_FOLDER.asMatchPredicate().and(ModelFormats::isFoundInFolders));
  }

  private static List<String> glob(Storage storage, String glob) throws IOException {
    int firstWildcard = GLOB.splitAsStream(glob).findFirst().orElse("").length();
    int split = glob.lastIndexOf('/', firstWildcard);
    PathMatcher matcher = matcher(glob, glob.substring(split + 1));
    return below(
        storage,
        glob.substring(0, split),
        name -> ModelFormats.isNamed(name) && matcher.matches(Path.of(name)));
  }

  private static PathMatcher matcher(String path, String glob) {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + glob);
    } catch (PatternSyntaxException e) {
      throw new UsageException(
          "--checkpoints=%s does not exist and is not a valid glob: %s; put a backslash before a [ or { that is part of a name"
              .formatted(path, e.getDescription()));
    }
  }

  /** Files below a folder whose path relative to it is wanted, except optimiser state. */
  private static List<String> below(Storage storage, String folder, Predicate<String> wanted)
      throws IOException {
    String prefix = Storage.resolve(folder, "");
    List<String> files = new ArrayList<>();
    for (Storage.Entry entry : storage.list(folder)) {
      if (entry.path().startsWith(prefix)) {
        String name = entry.path().substring(prefix.length());
        if (wanted.test(name) && !OPTIMIZER_STATE.matcher(name).matches()) {
          files.add(entry.path());
        }
      }
    }
    return files;
  }
}
