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

/** Finds checkpoint files: given by path, by glob, or by the folder of a training. */
public final class CheckpointFiles {
  private static final Pattern GLOB = Pattern.compile("[*?\\[{]");

  /** Directly in the folder or in its checkpoints/; what resumes a training lies in state/. */
  private static final Pattern IN_FOLDER =
      Pattern.compile("(%s/)?[^/]+".formatted(TrainingFolder.CHECKPOINTS));

  private static final Pattern OPTIMIZER_STATE =
      Pattern.compile("(.*/)?state/[^/]+|(.*/)?[^/]*optimi[sz]er[^/]*");

  private CheckpointFiles() {}

  /**
   * The checkpoint files that a flag's value stands for, each once, in byte order.
   *
   * @throws UsageException where it names nothing, or a path that is neither there nor a glob
   * @throws IOException where a path stands for none
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
          "--checkpoints=" + checkpoints + " cannot be; it takes files or folders");
    }
    return paths;
  }

  /** The paths of a comma-separated list; commas within a glob's braces are the glob's. */
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
        at = Math.max(at, list.indexOf('}', at)); // one that never closes holds nothing
      }
      at++;
    }
    paths.add(list.substring(start));
    return paths;
  }

  /**
   * The checkpoint files that the paths stand for, each once, in byte order. What is there by a
   * path's very letters is meant, though they may be a glob's too.
   *
   * @throws UsageException where a path is neither there nor a glob
   * @throws IOException where a path stands for none
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
                .formatted(path, lack(storage, path), ModelFormats.suffixes()));
      }
      found.addAll(files);
    }
    return List.copyOf(found);
  }

  /** Why a path stands for nothing. */
  private static String lack(Storage storage, String path) throws IOException {
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
          "--checkpoints=%s is not there and is no glob: %s; put a backslash before a [ or { that is part of a name"
              .formatted(path, e.getDescription()));
    }
  }

  /** Files below a folder whose path from there on is wanted and which are no optimiser's state. */
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
