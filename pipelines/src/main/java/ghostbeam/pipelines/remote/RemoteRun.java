package ghostbeam.pipelines.remote;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.flink.client.cli.ClientOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.messages.webmonitor.ClusterOverview;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a job needs to run on a cluster and end with its client.
 *
 * <ul>
 *   <li>This project's classes and Beam's are staged; the cluster must have everything else in its
 *       lib folder, which is checked by jar names. {@code --filesToStage} replaces both.
 *   <li>No {@code --parallelism}: every slot of the cluster.
 *   <li>The job is cancelled when its client is shut down, and half a minute after a client dies,
 *       so that no job keeps writing to an output that nobody locks any more.
 * </ul>
 */
public final class RemoteRun {
  private static final Logger LOG = LoggerFactory.getLogger("ghostbeam.Cluster");
  private static final String FLINK = "1.19.";
  private static final String MARK = "ghostbeam-client-";
  static final long HEARTBEAT_MS = 5_000;
  static final long HEARTBEAT_TIMEOUT_MS = 30_000;

  /** How long a dead client's job may live: heartbeat timeout, check interval, cancellation. */
  private static final long ORPHAN_S = 60;

  private static final long POLL_MS = 500;

  private RemoteRun() {}

  /** Whether jobs go to a cluster, not to this process. */
  public static boolean isRemote(FlinkPipelineOptions options) {
    return !options.getFlinkMaster().startsWith("[");
  }

  /**
   * Fills in options that are not set, after querying the cluster; once for each options object.
   *
   * @throws IOException if no cluster answers, or it lacks what jobs need
   */
  public static void prepare(FlinkPipelineOptions options) throws IOException {
    String folder = options.getFlinkConfDir();
    if (folder != null && Path.of(folder).getFileName().toString().startsWith(MARK)) {
      return;
    }
    Configuration configuration =
        folder == null
            ? GlobalConfiguration.loadConfiguration()
            : GlobalConfiguration.loadConfiguration(folder);
    Address address = Address.parse(options.getFlinkMaster());
    try (RemoteCluster cluster = RemoteCluster.at(address, configuration)) {
      requireVersion(cluster.version(), address);
      if (options.getFilesToStage() == null) {
        options.setFilesToStage(filesToStage(ClassPath.current(), cluster.jars(), address));
      }
      fitParallelism(options, cluster.overview(), address);
    }
    AttachedJob.reportTo(address, configuration);
    options.setFlinkConfDir(ConfFolder.write(MARK, client(configuration)).toString());
  }

  /**
   * Slots of the largest TaskManager; 1 if there is none yet.
   *
   * @throws IOException if no cluster answers
   */
  public static int slotsPerTaskManager(FlinkPipelineOptions options) throws IOException {
    try (RemoteCluster cluster = connect(options)) {
      return cluster.slotsPerTaskManager();
    }
  }

  private static RemoteCluster connect(FlinkPipelineOptions options) {
    return RemoteCluster.at(
        Address.parse(options.getFlinkMaster()),
        GlobalConfiguration.loadConfiguration(options.getFlinkConfDir()));
  }

  private static void requireVersion(String version, Address address) throws IOException {
    if (!version.startsWith(FLINK)) {
      throw new IOException(
          "the cluster at %s runs Flink %s; GhostBeam's jobs need Flink %sx"
              .formatted(address, version, FLINK));
    }
  }

  static List<String> filesToStage(ClassPath classPath, Set<String> there, Address address)
      throws IOException {
    List<String> missing =
        classPath.libraries().stream()
            .filter(jar -> !ClassPath.isFlink(jar) && !ClassPath.isLogging(jar))
            .map(ClassPath::name)
            .filter(name -> !there.contains(name))
            .toList();
    if (!missing.isEmpty()) {
      throw new IOException(
          ("the cluster at %s lacks %s%s in its lib folder; './run cluster export DIR' writes what"
                  + " belongs there, and './run cluster start' starts a cluster that has it")
              .formatted(
                  address,
                  missing.get(0),
                  missing.size() == 1 ? "" : " and " + (missing.size() - 1) + " other jars"));
    }
    return classPath.job().stream().map(Path::toString).toList();
  }

  private static void fitParallelism(
      FlinkPipelineOptions options, ClusterOverview overview, Address address) {
    int slots = overview.getNumSlotsTotal();
    if (options.getParallelism() < 1) {
      options.setParallelism(Math.max(1, slots));
    }
    if (options.getParallelism() > slots) {
      LOG.warn(
          "--parallelism={} is more than the {} slots of the cluster at {}; the job waits for more",
          options.getParallelism(),
          slots,
          address);
    }
  }

  /** The user's configuration for this client, with our defaults. */
  private static Configuration client(Configuration given) {
    Configuration configuration =
        Configuration.fromMap(
            Map.of(
                DeploymentOptions.SHUTDOWN_IF_ATTACHED.key(),
                "true",
                ClientOptions.CLIENT_HEARTBEAT_TIMEOUT.key(),
                "" + HEARTBEAT_TIMEOUT_MS,
                ClientOptions.CLIENT_HEARTBEAT_INTERVAL.key(),
                "" + HEARTBEAT_MS,
                // Otherwise stages after a shuffle run in one slot under --useDataStreamForBatch.
                "execution.batch.adaptive.auto-parallelism.enabled",
                "false"));
    configuration.addAll(given);
    List<String> listeners =
        new ArrayList<>(given.getOptional(DeploymentOptions.JOB_LISTENERS).orElse(List.of()));
    listeners.add(AttachedJob.class.getName());
    configuration.set(DeploymentOptions.JOB_LISTENERS, listeners);
    return configuration;
  }

  /**
   * Waits for an earlier job of this name to end, as it does if its client died.
   *
   * @throws IOException if it keeps running, as it does while its client lives
   */
  public static void requireAlone(FlinkPipelineOptions options, String name)
      throws IOException, InterruptedException {
    Address address = Address.parse(options.getFlinkMaster());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ORPHAN_S);
    try (RemoteCluster cluster = connect(options)) {
      Optional<String> job = cluster.running(name);
      if (job.isPresent()) {
        LOG.info("an earlier job '{}' is still running; it will end soon if its client died", name);
      }
      while (job.isPresent() && System.nanoTime() < deadline) {
        Thread.sleep(POLL_MS);
        job = cluster.running(name);
      }
      if (job.isPresent()) {
        throw new IOException(
            "another run of '%s' is active on the cluster at %s, as job %s; wait for it, or cancel it in the dashboard"
                .formatted(name, address, job.get()));
      }
      AttachedJob.expect(name);
    }
  }
}
