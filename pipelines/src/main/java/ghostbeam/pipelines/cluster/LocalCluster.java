package ghostbeam.pipelines.cluster;

import ghostbeam.pipelines.remote.Address;
import ghostbeam.pipelines.remote.ClassPath;
import ghostbeam.pipelines.remote.RemoteCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A cluster on this machine, identified by its port: a JobManager and TaskManager processes. */
record LocalCluster(int port) {
  private static final long PATIENCE_S = 120;
  private static final long POLL_MS = 200;
  private static final String JOB_MANAGER =
      "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
  private static final String TASK_MANAGER =
      "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";

  ClusterFolder folder() {
    return ClusterFolder.of(port);
  }

  Address address() {
    return new Address("127.0.0.1", port);
  }

  /** Work done while holding the folder's lock. */
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  private void locked(Work work) throws IOException, InterruptedException {
    folder().create();
    try (FileChannel channel =
            FileChannel.open(folder().lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        throw new IOException(
            "another process is starting or stopping the cluster on port "
                + port
                + "; wait for it");
      }
      work.run();
    }
  }

  /**
   * Starts the processes that are not running: all of them, or those that died. If the cluster is
   * running, {@code taskManagers} may add some but removes none.
   *
   * @throws IllegalStateException if all are running
   */
  void start(int taskManagers) throws IOException, InterruptedException {
    locked(() -> startMissing(taskManagers));
  }

  private void startMissing(int taskManagers) throws IOException, InterruptedException {
    boolean running = folder().isRunning();
    if (!running) {
      folder().clear();
      folder().create();
    }
    int wanted = Math.max(taskManagers, folder().taskManagers().size());
    List<FlinkProcess> missing = missing(wanted);
    if (missing.isEmpty()) {
      throw new IllegalStateException(
          "a cluster of %d TaskManagers is already running at http://%s; ./run cluster stop%s stops it"
              .formatted(wanted, address(), portFlag()));
    }
    if (missing.contains(folder().jobManager())) {
      requireFreePort();
    }
    if (!running) {
      ClusterSettings.writeLocal(folder(), port);
      linkLibraries();
    }
    Runnable stop = () -> missing.forEach(LocalCluster::stopQuietly);
    Thread undo = new Thread(stop, "ghostbeam-undo");
    Runtime.getRuntime().addShutdownHook(undo);
    boolean up = false;
    try {
      awaitTaskManagers(missing, startAll(missing));
      up = true;
    } finally {
      if (!up) {
        stop.run();
      }
      removeHook(undo);
    }
  }

  /** Hard-links jars into lib, which takes no space; copies them if the file system cannot link. */
  private void linkLibraries() throws IOException {
    for (Path jar : ClassPath.current().libraries()) {
      Path target = folder().lib().resolve(jar.getFileName());
      try {
        Files.createLink(target, jar.toRealPath());
      } catch (FileSystemException | UnsupportedOperationException e) {
        Files.copy(jar, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private List<FlinkProcess> missing(int taskManagers) throws IOException {
    List<FlinkProcess> wanted = new ArrayList<>(List.of(folder().jobManager()));
    for (int number = 1; number <= taskManagers; number++) {
      wanted.add(folder().taskManager(number));
    }
    List<FlinkProcess> missing = new ArrayList<>();
    for (FlinkProcess process : wanted) {
      if (!process.isAlive()) {
        missing.add(process);
      }
    }
    return missing;
  }

  private void requireFreePort() throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
    } catch (IOException e) {
      throw new IOException(
          "port %d is in use by a program that ./run cluster did not start (%s); choose another with --port"
              .formatted(port, e.getMessage()),
          e);
    }
  }

  /** Starts the processes and returns the ids with which new TaskManagers will register. */
  private Set<String> startAll(List<FlinkProcess> processes) throws IOException {
    ClusterSettings settings = ClusterSettings.read(folder());
    Set<String> ids = new HashSet<>();
    for (FlinkProcess process : processes) {
      if (process.equals(folder().jobManager())) {
        process.start(settings.jobManagerFlags(), JOB_MANAGER, List.of());
      } else {
        // A new id, since the JobManager may not yet have noticed a dead predecessor.
        String id = process.name() + "-" + UUID.randomUUID().toString().substring(0, 8);
        process.start(settings.taskManagerFlags(), TASK_MANAGER, settings.taskManagerArguments(id));
        ids.add(id);
      }
    }
    return ids;
  }

  private void awaitTaskManagers(List<FlinkProcess> started, Set<String> ids)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    try (RemoteCluster cluster =
        RemoteCluster.at(address(), ClusterSettings.read(folder()).configuration())) {
      while (!isReady(cluster, ids, running())) {
        for (FlinkProcess process : started) {
          if (!process.isAlive()) {
            throw new IOException(
                "%s ended while starting; see %s or %s"
                    .formatted(
                        process.name(),
                        folder().log(process.name()),
                        folder().output(process.name())));
          }
        }
        if (System.nanoTime() > deadline) {
          throw new IOException(
              "the cluster was not ready within %d s; its logs are in %s"
                  .formatted(PATIENCE_S, folder().logs()));
        }
        Thread.sleep(POLL_MS);
      }
    }
  }

  private long running() throws IOException {
    long running = 0;
    for (FlinkProcess taskManager : folder().taskManagers()) {
      running += taskManager.isAlive() ? 1 : 0;
    }
    return running;
  }

  /** Whether it accepts jobs. TaskManagers of an earlier JobManager must have found the new one. */
  private static boolean isReady(RemoteCluster cluster, Set<String> ids, long running) {
    try {
      Set<String> registered = cluster.taskManagers();
      return registered.containsAll(ids)
          && registered.size() >= running
          && cluster.overview().getNumSlotsTotal() > 0; // answers only once a dispatcher is elected
    } catch (IOException e) {
      return false; // not up yet
    }
  }

  private static void stopQuietly(FlinkProcess process) {
    try {
      process.stop();
    } catch (IOException e) {
      // The original failure is reported.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // Already shutting down.
    }
  }

  /** Stops all processes, TaskManagers first, and deletes their files except the logs. */
  void stop() throws IOException, InterruptedException {
    locked(
        () -> {
          List<FlinkProcess> all = new ArrayList<>(folder().taskManagers());
          all.add(folder().jobManager());
          for (FlinkProcess process : all) {
            process.terminate();
          }
          for (FlinkProcess process : all) {
            process.awaitEnd();
          }
          folder().clear();
        });
  }

  /** For messages: the flag that selects this cluster; empty for the default port. */
  String portFlag() {
    return port == 8081 ? "" : " --port=" + port;
  }
}
