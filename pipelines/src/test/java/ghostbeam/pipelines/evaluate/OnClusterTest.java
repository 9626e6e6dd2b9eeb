package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.HeldFiles;
import ghostbeam.pipelines.Session;
import ghostbeam.pipelines.cluster.RunningCluster;
import ghostbeam.pipelines.launch.Launch;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The commands as a user types them, against a JobManager and two TaskManagers in processes. */
final class OnClusterTest {
  private static final int CHECKPOINTS = 4;

  /** Records, a batch ahead of half of all, that each of two TaskManagers reads at least. */
  static final int FEWEST_READS = 8;

  /** That of the last job, and one more that is released when the next one starts. */
  private static final int MOST_LOADERS = 2;

  static final String SHARDS = ".*\\.tfrecord";

  @TempDir Path folder;

  @Test
  void givesTheSameBytesWithBothTaskManagersAtWorkEvenIfOneIsKilled() throws Exception {
    Scene scene = scene(folder);
    scene.evaluateRun("expected", data(scene, "data"));
    try (RunningCluster cluster = RunningCluster.start(folder)) {
      knowsItsSlots(cluster);
      assertEquals(Set.of(InetAddress.getLoopbackAddress()), cluster.listening());
      evaluatesTheSameAfterAKill(scene, cluster, "killed", 0);
      endsTheJobWithItsClient(scene, cluster);
      runsJobsOfEachKind(scene, cluster);
      holdsNoClassesOfEndedJobs(cluster);
      handsOnWhileItReads(cluster);
      assertEquals(
          Set.of("jobmanager", "taskmanager-1", "taskmanager-2"), cluster.processes().keySet());
      assertEquals(3, cluster.traces());
      cluster.succeed("cluster", "stop");
      assertEquals(0, cluster.traces());
    }
  }

  /** The flag that names a dataset at which a test may hold a job. */
  static String data(Scene scene, String name) {
    return "--data=" + HeldFiles.name(scene.path(name));
  }

  static Scene scene(Path folder) throws IOException {
    Scene scene = Scene.ofData(folder, 4);
    Architecture architecture = Preset.GHOSTNET_1X.architecture(Scene.CLASSES.size());
    ValidationView view = new ValidationView(224, 0.875, Interpolation.PILLOW);
    for (int i = 1; i <= CHECKPOINTS; i++) {
      String file = scene.path("run/checkpoints/epoch-000" + i + ".safetensors").toString();
      CheckpointInfo info =
          new CheckpointInfo(
              architecture,
              WeightKind.RAW,
              new CheckpointInfo.Training(i, i, "", ""),
              Scene.CLASSES,
              view);
      Checkpoint.write(Storage.local(), file, info, architecture.initialWeights(i));
    }
    return scene;
  }

  /** A job of two slots on this cluster has one in each TaskManager. */
  private static void knowsItsSlots(RunningCluster cluster) throws IOException {
    assertEquals(1, Launch.slotsPerWorker(Launch.prepare(options(cluster, 2))));
    Logger logger = (Logger) LoggerFactory.getLogger("ghostbeam.Cluster");
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try {
      Launch.prepare(options(cluster, 2));
      Launch.prepare(options(cluster, 3));
    } finally {
      logger.detachAppender(said);
    }
    String master = "127.0.0.1:" + cluster.port();
    assertEquals(
        List.of(
            "--parallelism=3 is more than the 2 slots of the cluster at "
                + master
                + "; the job waits for more"),
        said.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }

  /** All from one client, whose start takes longer than such a job. */
  private static void runsJobsOfEachKind(Scene scene, RunningCluster cluster) throws Exception {
    scene.images("spoilt", Scene.CLASSES);
    Files.writeString(scene.path("spoilt/n01/text.JPEG"), "no image");
    List<List<String>> jobs = new ArrayList<>();
    jobs.add(preprocess(scene, "images", "again", "--parallelism=2"));
    jobs.add(failing(preprocess(scene, "spoilt", "refused")));
    jobs.add(failing(evaluate(scene, "--data=" + scene.path("nothing"), "none")));
    jobs.add(evaluate(scene, data(scene, "data"), "both", "--batchSize=4", "--predictions"));
    jobs.addAll(SmallJobs.prepare(scene));
    jobs.addAll(SmallJobs.learnAndScore(scene, 1));
    jobs.addAll(SmallJobs.learnAndScore(scene, 2));
    RunningCluster.Command session;
    try (HeldFiles.Hold hold = HeldFiles.after(scene.path("data"), SHARDS, 0)) {
      session = cluster.begin(jobs);
      session.awaitHeld(hold, 2); // neither TaskManager goes on before the other has begun
    }
    assertEquals(0, session.await(), session.text());
    List<String> said = session.texts();
    assertEquals(jobs.size(), said.size(), session.text());
    preprocessedTheSame(scene, cluster);
    triedOnceWhatNoRetryMends(scene, cluster, said.get(1));
    assertTrue(said.get(2).contains("ghostbeam evaluate: "), said.get(2));
    scoredOnBothTaskManagers(scene, cluster);
  }

  private static List<String> preprocess(
      Scene scene, String images, String output, String... more) {
    return Stream.concat(
            Stream.of(
                "preprocess",
                "--input=" + scene.path(images),
                "--output=" + scene.path(output),
                "--split=val",
                "--shards=4"),
            Stream.of(more))
        .toList();
  }

  private static List<String> evaluate(Scene scene, String data, String output, String... more) {
    return Stream.concat(
            Stream.of(
                "evaluate",
                data,
                "--checkpoints=" + scene.path("run"),
                "--output=" + scene.path(output)),
            Stream.of(more))
        .toList();
  }

  private static List<String> failing(List<String> command) {
    return Stream.concat(Stream.of(Session.NOT), command.stream()).toList();
  }

  /**
   * At least two of each kind have ended in each process; each would hold 6 MB of metaspace
   * forever.
   */
  private static void holdsNoClassesOfEndedJobs(RunningCluster cluster) throws Exception {
    for (String process : cluster.processes().keySet()) {
      int loaders = cluster.holdings(process).loaders();
      assertTrue(loaders <= MOST_LOADERS, process + " holds class loaders of " + loaders + " jobs");
    }
  }

  /**
   * A stage whose output is held back until it ends asks for many network buffers before it starts,
   * and waits for them for ever where a stage before it has filled all of them meanwhile.
   */
  private static void handsOnWhileItReads(RunningCluster cluster) throws Exception {
    for (String job : cluster.jobs("")) {
      JsonNode plan = cluster.rest("/jobs/" + job + "/plan").path("plan");
      Set<String> exchanges = Set.copyOf(plan.findValuesAsText("exchange"));
      assertEquals(Set.of("pipelined"), exchanges, plan.toString());
    }
  }

  private static PipelineOptions options(RunningCluster cluster, int parallelism) {
    return PipelineOptionsFactory.fromArgs(
            "--runner=FlinkRunner",
            "--flinkMaster=127.0.0.1:" + cluster.port(),
            "--parallelism=" + parallelism)
        .create();
  }

  private static void preprocessedTheSame(Scene scene, RunningCluster cluster) throws Exception {
    assertEquals(
        Manifest.read(Storage.local(), scene.path("data").toString(), "val"),
        Manifest.read(Storage.local(), scene.path("again").toString(), "val"));
    String job = cluster.jobs("preprocess " + scene.path("again")).get(0);
    cluster.awaitKnownEnd(job);
    JobWork.assertOfBoth(cluster.stages(job, "Spread over workers"));
  }

  /** And reports in one line what a worker found. */
  private static void triedOnceWhatNoRetryMends(Scene scene, RunningCluster cluster, String said)
      throws Exception {
    List<String> lines = said.lines().filter(line -> line.startsWith("ghostbeam ")).toList();
    assertEquals(1, lines.size(), said);
    String says = "ghostbeam preprocess: 1 of 64 images were rejected, more than the 0 allowed: ";
    assertTrue(lines.get(0).startsWith(says), said);
    assertTrue(lines.get(0).endsWith("raise --maxRejected"), said);
    assertFalse(said.matches("(?s).*(\\n\\s+at |Exception|Caused by).*"), "a trace");
    String job = cluster.jobs("preprocess " + scene.path("refused")).get(0);
    cluster.awaitKnownEnd(job);
    JsonNode failures = cluster.rest("/jobs/" + job + "/exceptions").path("exceptionHistory");
    assertEquals(1, failures.path("entries").size(), failures.toString());
  }

  private static void scoredOnBothTaskManagers(Scene scene, RunningCluster cluster)
      throws Exception {
    long images = scene.records("data");
    String job = cluster.jobs("evaluate " + scene.path("both")).get(0);
    cluster.awaitKnownEnd(job);
    Map<String, Long> decoded = JobWork.decoded(cluster, job);
    assertEquals(2, decoded.values().stream().filter(n -> n > 0).count(), decoded.toString());
    assertEquals(images, decoded.values().stream().mapToLong(n -> n).sum(), decoded.toString());
    JsonNode all = cluster.rest("/jobs/" + job + "/accumulators").path("user-task-accumulators");
    assertEquals(images, JobWork.count(all, "images_decoded"), all.toString());
    assertEquals((long) CHECKPOINTS * images, JobWork.count(all, "images_scored"), all.toString());
    assertTrue(JobWork.count(all, "batch_millis") > 0, all.toString());
  }

  /** Killed during its first batch, or once it has read a number of records. */
  static void evaluatesTheSameAfterAKill(
      Scene scene, RunningCluster cluster, String output, int reads) throws Exception {
    RunningCluster.Command evaluate;
    String job;
    try (HeldFiles.Hold hold = HeldFiles.after(scene.path("data"), SHARDS, reads)) {
      evaluate =
          cluster.begin(
              "evaluate",
              data(scene, "data"),
              "--checkpoints=" + scene.path("run"),
              "--output=" + scene.path(output),
              "--modelMemory=256mb"); // holds the four for one slot, not for two
      evaluate.awaitHeld(hold, 2);
      job = cluster.jobs("evaluate " + scene.path(output)).get(0);
      cluster.kill("taskmanager-1");
      cluster.succeed("cluster", "start");
    }
    assertEquals(0, evaluate.await(), evaluate.text());
    assertTrue(evaluate.text().contains(": 1 pass, "), evaluate.text());
    assertEquals(scene.contents("expected"), scene.contents(output));
    cluster.awaitKnownEnd(job);
    JsonNode failures = cluster.rest("/jobs/" + job + "/exceptions");
    assertTrue(failures.toString().contains("taskmanager-1"), failures.toString());
    // Both had a part of the stage; a warm one may have read all before one just started asked.
    Set<String> workers = JobWork.workers(cluster.stages(job, "PlanBatches"));
    assertEquals(2, workers.size(), workers.toString());
  }

  private static void endsTheJobWithItsClient(Scene scene, RunningCluster cluster)
      throws Exception {
    try (HeldFiles.Hold hold = HeldFiles.after(scene.path("data"), SHARDS, 0)) {
      RunningCluster.Command evaluate =
          cluster.begin(
              "evaluate",
              data(scene, "data"),
              "--checkpoints=" + scene.path("run"),
              "--output=" + scene.path("ended"));
      evaluate.awaitHeld(hold, 1);
      String job = cluster.jobs("evaluate " + scene.path("ended")).get(0);
      evaluate.process().destroy();
      assertEquals(143, evaluate.await(), evaluate.text());
      assertEquals("CANCELED", cluster.state(job));
    }
  }
}
