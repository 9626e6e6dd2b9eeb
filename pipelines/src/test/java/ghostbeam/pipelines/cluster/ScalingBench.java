package ghostbeam.pipelines.cluster;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.network.Weights;
import ghostbeam.model.record.Manifest;
import ghostbeam.model.record.Storage;
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
 * Speed of jobs on a cluster of one TaskManager of one slot and on one of two, start-up excluded;
 * -Pbench runs it. Preload jemalloc as {@code run} does; {@code -Dghostbeam.corpus=FOLDER} names a
 * folder of class folders.
 */
@Tag("bench")
class ScalingBench {
  private static final int ROUNDS = 3;
  private static final int COPIES = 4;
  private static final Map<String, String> AS_A_USER = Map.of("JAVA_TOOL_OPTIONS", "");

  @TempDir Path root;

  /** What a cluster does with a folder of images or of what was made of it. */
  @FunctionalInterface
  private interface Job {
    void run(RunningCluster cluster, String folder) throws Exception;
  }

  @Test
  void fromOneTaskManagerToTwo() throws Exception {
    List<Path> images;
    try (Stream<Path> files = Files.walk(BenchCorpus.images(root))) {
      images = files.filter(Files::isRegularFile).sorted().toList();
    }
    link("few", images, 1, COPIES);
    link("some", images, 1, 1);
    link("many", images, COPIES, 1);
    int count = images.size();
    try (RunningCluster one = RunningCluster.start(root, 1, AS_A_USER);
        RunningCluster two = RunningCluster.start(root, 2, AS_A_USER)) {
      preprocess(one, "few");
      writeCheckpoint();
      compare("preprocess", one, two, this::preprocess, "some", "many", count * (COPIES - 1));
      preprocess(one, "some");
      compare("evaluate", one, two, this::evaluate, "few", "some", count - (count + 3) / COPIES);
    }
  }

  /** Every so manieth of the images, so many times. */
  private void link(String folder, List<Path> images, int copies, int step) throws IOException {
    for (int i = 0; i < images.size(); i += step) {
      Path image = images.get(i);
      Path to = root.resolve(folder).resolve(image.getParent().getFileName());
      Files.createDirectories(to);
      for (int copy = 0; copy < copies; copy++) {
        Files.createLink(to.resolve(copy + "-" + image.getFileName()), image.toRealPath());
      }
    }
  }

  private void writeCheckpoint() throws IOException {
    String records = root.resolve("few-records").toString();
    List<String> classes = Manifest.read(Storage.local(), records, "val").classes();
    Architecture architecture = Preset.GHOSTNET_1X.architecture(classes.size());
    ValidationView view = new ValidationView(224, 0.875, Interpolation.PILLOW);
    Checkpoint.write(
        Storage.local(),
        root.resolve("run/checkpoints/epoch-0001.safetensors").toString(),
        new CheckpointInfo(architecture, 1, 1, "raw", classes, "", "", view),
        Weights.initial(architecture, 1));
  }

  private void preprocess(RunningCluster cluster, String folder) throws Exception {
    cluster.succeed(
        "preprocess",
        "--input=" + root.resolve(folder),
        "--output=" + root.resolve(folder + "-records"),
        "--split=val",
        "--shards=32",
        "--encoding=resized",
        "--overwrite");
  }

  private void evaluate(RunningCluster cluster, String folder) throws Exception {
    cluster.succeed(
        "evaluate",
        "--data=" + root.resolve(folder + "-records"),
        "--checkpoints=" + root.resolve("run"),
        "--output=" + root.resolve("report"),
        "--overwrite");
  }

  private static void compare(
      String name,
      RunningCluster one,
      RunningCluster two,
      Job job,
      String few,
      String many,
      int between)
      throws Exception {
    millis(name, one, job, few); // loads and compiles what stays
    millis(name, two, job, few);
    double[] ratios = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      double alone = between * 1e3 / (millis(name, one, job, many) - millis(name, one, job, few));
      double both = between * 1e3 / (millis(name, two, job, many) - millis(name, two, job, few));
      ratios[round] = both / alone;
      System.out.printf(
          Locale.ROOT,
          "%s, images/s: one TaskManager %.1f, two %.1f: %.2fx%n",
          name,
          alone,
          both,
          ratios[round]);
    }
    Arrays.sort(ratios);
    System.out.printf(Locale.ROOT, "%s: median %.2fx%n", name, ratios[ROUNDS / 2]);
  }

  /** How long the cluster says that the job took, from its arrival to its end. */
  private static long millis(String name, RunningCluster cluster, Job job, String folder)
      throws Exception {
    job.run(cluster, folder);
    return cluster.rest("/jobs/" + cluster.jobs(name).get(0)).path("duration").asLong();
  }
}
