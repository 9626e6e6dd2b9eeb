package ghostbeam.pipelines.cluster;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.evaluate.BenchCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures the speed of jobs on one and on both of a cluster's two single-slot TaskManagers,
 * without start-up and most JIT compilation. Run by -Pbench; takes 15 minutes. Preload jemalloc as
 * {@code run} does; {@code -Dghostbeam.corpus=FOLDER} names a folder of class folders.
 */
@Tag("bench")
class ScalingBench {
  private static final int ROUNDS = 3;
  private static final Map<String, String> AS_A_USER = Map.of("JAVA_TOOL_OPTIONS", "");

  @TempDir Path root;

  /** A job on this many slots with this many copies of the images. */
  @FunctionalInterface
  private interface Job {
    void run(RunningCluster cluster, int copies, int slots) throws Exception;
  }

  @Test
  void fromOneTaskManagerToTwo() throws Exception {
    List<Path> images;
    try (Stream<Path> files = Files.walk(BenchCorpus.images(root))) {
      images = files.filter(Files::isRegularFile).sorted().toList();
    }
    for (int copies : List.of(1, 2, 6, 8, 32)) {
      link(copies, images);
    }
    try (RunningCluster cluster = RunningCluster.start(root, AS_A_USER)) {
      preprocess(cluster, 1, 1);
      compare("preprocess", cluster, this::preprocess, 8, 32, images.size());
      preprocess(cluster, 2, 2);
      preprocess(cluster, 6, 2);
      writeCheckpoint();
      compare("evaluate", cluster, this::evaluate, 2, 6, images.size());
    }
  }

  private void link(int copies, List<Path> images) throws IOException {
    for (Path image : images) {
      Path to = folder(copies).resolve(image.getParent().getFileName());
      Files.createDirectories(to);
      for (int copy = 0; copy < copies; copy++) {
        Files.createLink(to.resolve(copy + "-" + image.getFileName()), image.toRealPath());
      }
    }
  }

  private void writeCheckpoint() throws IOException {
    String records = records(2).toString();
    List<String> classes = Manifest.read(Storage.local(), records, "val").classes();
    Architecture architecture = Preset.GHOSTNET_1X.architecture(classes.size());
    ValidationView view = new ValidationView(224, 0.875, Interpolation.PILLOW);
    Checkpoint.write(
        Storage.local(),
        root.resolve("run/checkpoints/epoch-0001.safetensors").toString(),
        new CheckpointInfo(
            architecture, WeightKind.RAW, new CheckpointInfo.Training(1, 1, "", ""), classes, view),
        architecture.initialWeights(1));
  }

  private Path folder(int copies) {
    return root.resolve("copies-" + copies);
  }

  private Path records(int copies) {
    return root.resolve("records-" + copies);
  }

  private void preprocess(RunningCluster cluster, int copies, int slots) throws Exception {
    cluster.succeed(
        "preprocess",
        "--input=" + folder(copies),
        "--output=" + records(copies),
        "--split=val",
        "--shards=32",
        "--encoding=resized",
        "--overwrite",
        "--parallelism=" + slots);
  }

  private void evaluate(RunningCluster cluster, int copies, int slots) throws Exception {
    cluster.succeed(
        "evaluate",
        "--data=" + records(copies),
        "--checkpoints=" + root.resolve("run"),
        "--output=" + root.resolve("report"),
        "--overwrite",
        "--parallelism=" + slots);
  }

  /**
   * Each job loads its own classes, which are JIT-compiled as it starts: on the idle core beside
   * one busy TaskManager, but at the expense of work beside two. So this compares how much longer
   * many images take than few, with enough in the short run for most of the compilation.
   */
  private static void compare(
      String name, RunningCluster cluster, Job job, int few, int many, int images)
      throws Exception {
    millis(name, cluster, job, few, 2);
    double[] ratios = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      double[] rates = new double[3];
      for (int slots = 1; slots <= 2; slots++) {
        long between = -millis(name, cluster, job, few, slots);
        between += millis(name, cluster, job, many, slots);
        rates[slots] = images * (many - few) * 1e3 / between;
      }
      ratios[round] = rates[2] / rates[1];
      System.out.printf(
          Locale.ROOT,
          "%s, images/s: one TaskManager %.1f, two %.1f: %.2fx%n",
          name,
          rates[1],
          rates[2],
          ratios[round]);
    }
    Arrays.sort(ratios);
    System.out.printf(Locale.ROOT, "%s: median %.2fx%n", name, ratios[ROUNDS / 2]);
  }

  /** The job's duration as reported by the cluster, from submission to end. */
  private static long millis(String name, RunningCluster cluster, Job job, int copies, int slots)
      throws Exception {
    job.run(cluster, copies, slots);
    return cluster.rest("/jobs/" + cluster.jobs(name).get(0)).path("duration").asLong();
  }
}
