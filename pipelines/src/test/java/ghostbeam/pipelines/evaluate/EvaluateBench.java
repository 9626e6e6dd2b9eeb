package ghostbeam.pipelines.evaluate;

import static ghostbeam.pipelines.evaluate.PlainLoop.BATCH;
import static ghostbeam.pipelines.evaluate.PlainLoop.CORES;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.report.EvaluationFolder;
import ghostbeam.transforms.evaluation.Candidate;
import ghostbeam.transforms.evaluation.RecordRange;
import ghostbeam.transforms.evaluation.ScoreCheckpoints;
import ghostbeam.transforms.evaluation.WriteTallies;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Speed of evaluation from JPEG records on every core; -Pbench runs it. Preload jemalloc as {@code
 * run} does: {@code LD_PRELOAD=libjemalloc.so.2
 * MALLOC_CONF=oversize_threshold:0,dirty_decay_ms:-1,muzzy_decay_ms:-1 GOMP_SPINCOUNT=1000}.
 */
@Tag("bench")
class EvaluateBench {
  private static final int ROUNDS = 3;
  private static final long MEMORY = 8L << 30;

  @TempDir static Path root;
  private static Path records;
  private static Manifest manifest;

  /** Work whose time depends on the number of records. */
  @FunctionalInterface
  private interface Work {
    void score(long records) throws Exception;
  }

  @BeforeAll
  static void makeRecords() throws IOException {
    records = BenchCorpus.records(root);
    manifest = Manifest.read(Storage.local(), records.toString(), "val");
    long bytes = manifest.shards().stream().mapToLong(Manifest.Shard::bytes).sum();
    System.out.printf(
        Locale.ROOT,
        "%d images of %,d bytes each, codec %s, %s%n",
        manifest.records(),
        bytes / manifest.records(),
        Codec.best().name(),
        String.valueOf(System.getenv("LD_PRELOAD")).contains("jemalloc") ? "jemalloc" : "glibc");
  }

  @AfterAll
  static void free() {
    ScoreCheckpoints.freeWeights();
  }

  /** The whole job: Flink's start, loading weights, scoring, the report's files. */
  @ParameterizedTest
  @CsvSource({"GHOSTNET_1X,4", "S_GHOSTNET_B1,1"})
  void endToEnd(Preset preset, int checkpoints) throws Exception {
    List<Candidate> candidates = candidates(preset, checkpoints);
    String paths = String.join(",", candidates.stream().map(Candidate::path).toList());
    double[] seconds = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      EvaluateOptions options =
          PipelineOptionsFactory.fromArgs(
                  "--data=" + records,
                  "--checkpoints=" + paths,
                  "--output=" + root.resolve("out"),
                  "--batchSize=" + BATCH,
                  "--overwrite")
              .as(EvaluateOptions.class);
      long start = System.nanoTime();
      EvaluatePipeline.run(options, new PrintStream(OutputStream.nullOutputStream(), true));
      seconds[round] = (System.nanoTime() - start) / 1e9;
    }
    double median = median(seconds);
    System.out.printf(
        Locale.ROOT,
        "evaluate %s @%d, K = %d, end to end: %.1f s, %.1f checkpoint-images/s%n",
        preset.title(),
        candidates.get(0).view().inputSize(),
        checkpoints,
        median,
        checkpoints * manifest.records() / median);
  }

  @Test
  void embeddedFlinkAgainstAPlainLoop() throws Exception {
    List<Candidate> candidates = candidates(Preset.GHOSTNET_1X, 1);
    double[] ratios = new double[ROUNDS];
    try (Classifier classifier = classifier(candidates.get(0))) {
      for (int round = 0; round < ROUNDS; round++) {
        double flink = perSecond(count -> flink(candidates, count));
        double loop =
            perSecond(count -> PlainLoop.loop(records, classifier, candidates.get(0), count));
        ratios[round] = flink / loop;
        System.out.printf(
            Locale.ROOT,
            "start-up excluded: embedded Flink %.1f images/s, plain loop %.1f: %.1f %%%n",
            flink,
            loop,
            100 * ratios[round]);
      }
    }
    System.out.printf(
        Locale.ROOT, "embedded Flink over a plain loop: median %.1f %%%n", 100 * median(ratios));
  }

  /** Seven checkpoints against one, and the forward pass alone on the same slots. */
  @Test
  void marginalCostOfOneMoreCheckpoint() throws Exception {
    List<Candidate> seven = candidates(Preset.GHOSTNET_1X, 7);
    double[] overheads = new double[ROUNDS];
    try (Classifier classifier = classifier(seven.get(0))) {
      for (int round = 0; round < ROUNDS; round++) {
        double forward = 1e3 / perSecond(count -> PlainLoop.forward(classifier, count));
        double one = 1e3 / perSecond(count -> flink(seven.subList(0, 1), count));
        double all = 1e3 / perSecond(count -> flink(seven, count));
        forward = (forward + 1e3 / perSecond(count -> PlainLoop.forward(classifier, count))) / 2;
        double more = (all - one) / 6;
        overheads[round] = more / forward - 1;
        System.out.printf(
            Locale.ROOT,
            "ms an image: K = 1 %.3f, K = 7 %.3f, one more %.3f, its forward pass %.3f: %+.1f %%%n",
            one,
            all,
            more,
            forward,
            100 * overheads[round]);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "one more checkpoint over its forward pass: median %+.1f %%%n",
        100 * median(overheads));
  }

  /**
   * A whole pass and that of one more module against forward passes, and those against PyTorch's
   * with as many threads.
   */
  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "mobilenet_v3_small"})
  void foreignModule(String name) throws Exception {
    Torchvision.assume();
    int side = 224;
    String classes = Integer.toString(manifest.classes().size());
    Torchvision.run("make", root.toString(), classes, Integer.toString(side));
    String path = root.resolve(name + ".pt").toString();
    Candidate module = Candidate.read(Storage.local(), path);
    List<Candidate> four = IntStream.range(0, 4).mapToObj(i -> module.named(name + i)).toList();
    double[] further = new double[ROUNDS];
    double[] costs = new double[ROUNDS];
    double[] gains = new double[ROUNDS];
    double[] floors = new double[ROUNDS];
    try (Classifier classifier = classifier(module)) {
      for (int round = 0; round < ROUNDS; round++) {
        double forward = perSecond(count -> PlainLoop.forward(classifier, count));
        double pass = perSecond(count -> flink(four.subList(0, 1), count));
        double loop = perSecond(count -> PlainLoop.loop(records, classifier, module, count));
        double images = perSecond(count -> PlainLoop.images(records, module, count));
        double more = (1 / perSecond(count -> flink(four, count)) - 1 / pass) / 3;
        forward = (forward + perSecond(count -> PlainLoop.forward(classifier, count))) / 2;
        double peer =
            Double.parseDouble(
                Torchvision.run(
                    "time",
                    path,
                    Integer.toString(side),
                    Integer.toString(BATCH),
                    Integer.toString(CORES)));
        further[round] = more * forward;
        costs[round] = forward / pass;
        gains[round] = forward / peer;
        System.out.printf(
            Locale.ROOT,
            "%s @%d: forward %.1f images/s, whole pass %.1f, plain loop %.1f, images alone %.1f, PyTorch %.1f%n",
            name,
            side,
            forward,
            pass,
            loop,
            images,
            peer);
        floors[round] = forward / loop;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%s: a pass costs %.3f of its forward passes, a plain loop without Beam %.3f; a further module's %.3f; forward passes are %.2f times PyTorch's (medians)%n",
        name,
        median(costs),
        median(floors),
        median(further),
        median(gains));
  }

  private static double median(double[] rounds) {
    return Arrays.stream(rounds).sorted().skip(ROUNDS / 2).findFirst().orElseThrow();
  }

  /** Records a second between a quarter of the records and all of them, which excludes start-up. */
  private static double perSecond(Work work) throws Exception {
    long all = manifest.records();
    long quarter = all / 4;
    work.score((long) BATCH * CORES); // loads what stays loaded
    long start = System.nanoTime();
    work.score(quarter);
    long middle = System.nanoTime();
    work.score(all);
    long end = System.nanoTime();
    return (all - quarter) * 1e9 / ((end - middle) - (middle - start));
  }

  private static void flink(List<Candidate> candidates, long count) throws IOException {
    Pipeline pipeline = Pipeline.create(Launch.prepare(PipelineOptionsFactory.create()));
    pipeline
        .apply(
            ScoreCheckpoints.of(BeamStorage.INSTANCE, records.toString(), manifest, candidates)
                .withRecords(new RecordRange(0, count))
                .withBatchSize(BATCH)
                .withModelMemory(MEMORY))
        .apply(
            WriteTallies.to(
                BeamStorage.INSTANCE,
                new EvaluationFolder(BeamStorage.INSTANCE, root.toString())::tally));
    Launch.run(pipeline);
  }

  /** Checkpoints of random weights for the classes of the records. */
  private static List<Candidate> candidates(Preset preset, int count) throws IOException {
    Architecture architecture = preset.architecture(manifest.classes().size());
    ValidationView view = new ValidationView(architecture.inputSize(), 0.875, Interpolation.PILLOW);
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = preset.title() + "-" + i;
      String path = root.resolve(name + ".safetensors").toString();
      CheckpointInfo info =
          new CheckpointInfo(
              architecture,
              WeightKind.RAW,
              new CheckpointInfo.Training(i, i, "", ""),
              manifest.classes(),
              view);
      Checkpoint.write(Storage.local(), path, info, architecture.initialWeights(i));
      candidates.add(Candidate.read(Storage.local(), path).named(name));
    }
    return candidates;
  }

  private static Classifier classifier(Candidate candidate) throws IOException {
    byte[] file = Checkpoint.load(Storage.local(), candidate.path());
    return candidate.loader().load(candidate.path(), file, candidate.precision());
  }
}
