package ghostbeam.pipelines.cluster;

import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.remote.RemoteCluster;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.runtime.messages.webmonitor.ClusterOverview;

/** Starts, shows, stops or exports a cluster. */
public final class ClusterJob {
  private static final int MOST_TASK_MANAGERS = 64;

  private static final Map<String, Action> ACTIONS =
      Map.of(
          "start", (cluster, options, out) -> start(cluster, options.getTaskManagers(), out),
          "status", (cluster, options, out) -> status(cluster, out),
          "stop", (cluster, options, out) -> stop(cluster, out),
          "export", (cluster, options, out) -> ClusterExport.write(folder(options), out));

  private interface Action {
    void run(LocalCluster cluster, ClusterOptions options, PrintStream out)
        throws IOException, InterruptedException;
  }

  private ClusterJob() {}

  /**
   * Runs the action that the first argument names.
   *
   * @throws UsageException for invalid arguments or flags
   * @throws IOException if the port is taken, a process does not start, or a folder cannot be used
   * @throws IllegalStateException if a cluster is already running, or none is, or only part of it
   */
  public static void run(ClusterOptions options, PrintStream out)
      throws IOException, InterruptedException {
    List<String> words = options.getWhat();
    require(
        options.getPort() >= 1 && options.getPort() <= 65535,
        "--port=" + options.getPort() + " is invalid; expected 1 to 65535");
    require(
        options.getTaskManagers() >= 1 && options.getTaskManagers() <= MOST_TASK_MANAGERS,
        "--taskManagers=" + options.getTaskManagers() + " is invalid; expected 1 to 64");
    LocalCluster cluster = new LocalCluster(options.getPort());
    String what = words.get(0);
    require(
        ACTIONS.containsKey(what),
        "unknown action '" + what + "' of cluster; expected start, status, stop or export DIR");
    boolean export = what.equals("export");
    require(
        words.size() == (export ? 2 : 1),
        export
            ? "cluster export needs one folder"
            : "unexpected '" + words.get(words.size() - 1) + "'");
    ACTIONS.get(what).run(cluster, options, out);
  }

  private static Path folder(ClusterOptions options) {
    return Path.of(options.getWhat().get(1)).toAbsolutePath();
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new UsageException(message);
    }
  }

  private static void start(LocalCluster cluster, int taskManagers, PrintStream out)
      throws IOException, InterruptedException {
    cluster.start(taskManagers);
    status(cluster, out);
    out.printf(
        "Run jobs on it with --runner=FlinkRunner --flinkMaster=%s; ./run cluster stop%s stops it%n",
        cluster.address(), cluster.portFlag());
  }

  private static void status(LocalCluster cluster, PrintStream out) throws IOException {
    FlinkProcess jobManager = cluster.folder().jobManager();
    List<FlinkProcess> processes = new ArrayList<>(List.of(jobManager));
    processes.addAll(cluster.folder().taskManagers());
    List<String> dead = new ArrayList<>();
    for (FlinkProcess process : processes) {
      if (!process.isAlive()) {
        dead.add(process.name());
      }
    }
    if (dead.size() == processes.size()) {
      throw new IllegalStateException(
          "%s; ./run cluster start%s starts one".formatted(absence(cluster), cluster.portFlag()));
    }
    if (jobManager.isAlive()) {
      out.println(overview(cluster));
    }
    for (FlinkProcess process : processes) {
      out.printf(
          "  %-14s %s%n",
          process.name(), process.isAlive() ? "process " + process.pid() : "has died");
    }
    out.println("  logs           " + cluster.folder().logs());
    if (!dead.isEmpty()) {
      throw new IllegalStateException(
          "%s has died; ./run cluster start%s restarts it"
              .formatted(String.join(", ", dead), cluster.portFlag()));
    }
  }

  private static String overview(LocalCluster cluster) throws IOException {
    try (RemoteCluster remote =
        RemoteCluster.at(
            cluster.address(), ClusterSettings.read(cluster.folder()).configuration())) {
      ClusterOverview overview = remote.overview();
      return "Flink %s at http://%s: %d TaskManagers, %d slots, %d free; %d running jobs"
          .formatted(
              remote.version(),
              cluster.address(),
              overview.getNumTaskManagersConnected(),
              overview.getNumSlotsTotal(),
              overview.getNumSlotsAvailable(),
              overview.getNumJobsRunningOrPending());
    }
  }

  private static void stop(LocalCluster cluster, PrintStream out)
      throws IOException, InterruptedException {
    if (!Files.isDirectory(cluster.folder().conf())) {
      throw new IllegalStateException(absence(cluster));
    }
    cluster.stop();
    out.printf("Stopped; logs are still in %s%n", cluster.folder().logs());
  }

  /** A message that no cluster runs on this port, naming ports on which one does. */
  private static String absence(LocalCluster cluster) throws IOException {
    String others =
        ClusterFolder.running().stream()
            .map(folder -> "--port=" + folder.port())
            .collect(Collectors.joining(", "));
    return "no cluster runs on port %d%s"
        .formatted(
            cluster.address().port(), others.isEmpty() ? "" : ", but one runs with " + others);
  }
}
