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

  /** What is done, by the first word. */
  private static final Map<String, Work> WORK =
      Map.of(
          "start", (cluster, options, out) -> start(cluster, options.getTaskManagers(), out),
          "status", (cluster, options, out) -> status(cluster, out),
          "stop", (cluster, options, out) -> stop(cluster, out),
          "export", (cluster, options, out) -> ClusterExport.write(folder(options), out));

  private interface Work {
    void run(LocalCluster cluster, ClusterOptions options, PrintStream out)
        throws IOException, InterruptedException;
  }

  private ClusterJob() {}

  /**
   * Does what the first word says.
   *
   * @throws UsageException for words or numbers that cannot be
   * @throws IOException where the port is taken, a process does not start, a folder cannot be used
   * @throws IllegalStateException where a cluster runs already, or none does, or not all of it
   */
  public static void run(ClusterOptions options, PrintStream out)
      throws IOException, InterruptedException {
    List<String> words = options.getWhat();
    require(
        options.getPort() >= 1 && options.getPort() <= 65535,
        "--port=" + options.getPort() + " cannot be; expected 1 to 65535");
    require(
        options.getTaskManagers() >= 1 && options.getTaskManagers() <= MOST_TASK_MANAGERS,
        "--taskManagers=" + options.getTaskManagers() + " cannot be; expected 1 to 64");
    LocalCluster cluster = new LocalCluster(options.getPort());
    String what = words.get(0);
    boolean export = what.equals("export");
    require(
        words.size() == (export ? 2 : 1),
        export
            ? "cluster export needs one folder"
            : "unexpected '" + words.get(words.size() - 1) + "'");
    require(
        WORK.containsKey(what),
        "cluster cannot '" + what + "'; it can start, status, stop and export DIR");
    WORK.get(what).run(cluster, options, out);
  }

  private static Path folder(ClusterOptions options) {
    return Path.of(options.getWhat().get(1)).toAbsolutePath();
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new UsageException(otherwise);
    }
  }

  private static void start(LocalCluster cluster, int taskManagers, PrintStream out)
      throws IOException, InterruptedException {
    cluster.start(taskManagers);
    status(cluster, out);
    out.printf(
        "Jobs run on it with --runner=FlinkRunner --flinkMaster=%s; ./run cluster stop%s ends it%n",
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
          process.name(), process.isAlive() ? "process " + process.pid() : "is gone");
    }
    out.println("  logs           " + cluster.folder().logs());
    if (!dead.isEmpty()) {
      throw new IllegalStateException(
          "%s is gone; ./run cluster start%s brings it back"
              .formatted(String.join(", ", dead), cluster.portFlag()));
    }
  }

  private static String overview(LocalCluster cluster) throws IOException {
    try (RemoteCluster remote =
        RemoteCluster.at(
            cluster.address(), ClusterSettings.read(cluster.folder()).configuration())) {
      ClusterOverview overview = remote.overview();
      return "Flink %s at http://%s: %d TaskManagers, %d slots, %d free; %d jobs run"
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
    out.printf("Stopped; logs stay in %s%n", cluster.folder().logs());
  }

  /** That nothing runs there, and where something does. */
  private static String absence(LocalCluster cluster) throws IOException {
    String others =
        ClusterFolder.living().stream()
            .map(folder -> "--port=" + folder.port())
            .collect(Collectors.joining(", "));
    return "no cluster runs on port %d%s"
        .formatted(
            cluster.address().port(), others.isEmpty() ? "" : ", but one does with " + others);
  }
}
