package ghostbeam.pipelines.cluster;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;

/**
 * The folder of a cluster's process ids, settings, libraries and logs: one per user and port in the
 * system's temporary folder, outside the source tree, so that a clean build does not delete files
 * in use.
 */
record ClusterFolder(Path root) {
  private static final String PID = ".pid";
  private static final String TASK_MANAGER = "taskmanager-";

  static ClusterFolder of(int port) {
    return new ClusterFolder(parent().resolve(prefix() + port));
  }

  private static Path parent() {
    return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
  }

  private static String prefix() {
    return "ghostbeam-cluster-" + System.getProperty("user.name") + "-";
  }

  /** The folders of this user's clusters with a running process, ordered by port. */
  static List<ClusterFolder> running() throws IOException {
    Pattern name = Pattern.compile(Pattern.quote(prefix()) + "\\d{1,5}");
    List<ClusterFolder> folders;
    try (Stream<Path> files = Files.list(parent())) {
      folders =
          files
              .filter(file -> name.matcher(file.getFileName().toString()).matches())
              .map(ClusterFolder::new)
              .sorted(Comparator.comparingInt(ClusterFolder::port))
              .toList();
    }
    List<ClusterFolder> running = new ArrayList<>();
    for (ClusterFolder folder : folders) {
      if (folder.isRunning()) {
        running.add(folder);
      }
    }
    return running;
  }

  /** Whether any of the cluster's processes is running. */
  boolean isRunning() throws IOException {
    boolean running = jobManager().isAlive();
    for (FlinkProcess taskManager : taskManagers()) {
      running |= taskManager.isAlive();
    }
    return running;
  }

  int port() {
    return Integer.parseInt(root.getFileName().toString().substring(prefix().length()));
  }

  /** Creates it, private to this user; refuses another user's folder, who could add jars. */
  void create() throws IOException {
    try {
      Files.createDirectory(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      Path mine = Files.createTempFile("ghostbeam-", "");
      boolean owned =
          Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)
              && Files.getOwner(root).equals(Files.getOwner(mine));
      Files.delete(mine);
      if (!owned) {
        throw new IOException(
            root
                + " does not belong to this user; remove it, or set another temporary folder with"
                + " -Djava.io.tmpdir in JAVA_TOOL_OPTIONS");
      }
    }
    for (Path part : List.of(conf(), lib(), pids(), logs(), temporary())) {
      Files.createDirectories(part);
    }
  }

  Path conf() {
    return root.resolve("conf");
  }

  Path logback() {
    return conf().resolve("logback.xml");
  }

  Path lib() {
    return root.resolve("lib");
  }

  Path temporary() {
    return root.resolve("tmp");
  }

  Path logs() {
    return root.resolve("log");
  }

  private Path pids() {
    return root.resolve("pid");
  }

  Path pidFile(String name) {
    return pids().resolve(name + PID);
  }

  Path log(String name) {
    return logs().resolve(name + ".log");
  }

  /** Standard output and error; Flink's dashboard expects this name. */
  Path output(String name) {
    return logs().resolve(name + ".out");
  }

  Path lock() {
    return root.resolve("lock");
  }

  FlinkProcess jobManager() {
    return new FlinkProcess(this, "jobmanager");
  }

  FlinkProcess taskManager(int number) {
    return new FlinkProcess(this, TASK_MANAGER + number);
  }

  /** All TaskManagers that were started, running or not, ordered by number. */
  List<FlinkProcess> taskManagers() throws IOException {
    if (!Files.isDirectory(pids())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(pids())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(TASK_MANAGER) && name.endsWith(PID))
          .map(name -> name.substring(0, name.length() - PID.length()))
          .sorted(Comparator.comparing(String::length).thenComparing(name -> name))
          .map(name -> new FlinkProcess(this, name))
          .toList();
    }
  }

  /** Deletes everything but the logs. */
  void clear() throws IOException {
    for (Path part : List.of(pids(), conf(), lib(), temporary())) {
      FileUtils.deleteDirectory(part.toFile());
    }
  }
}
