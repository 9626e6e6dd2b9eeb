package ghostbeam.pipelines.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.FreshJvm;
import ghostbeam.pipelines.HeldFiles;
import ghostbeam.pipelines.NoisePicture;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainPipelineTest {
  private static final int SIDE = 32;

  /**
   * Records of nine batches, of which a loader reads a few ahead of the step: in the second of
   * three epochs of six.
   */
  private static final int HELD_AFTER = 9 * 8;

  private static final String[] TINY = {
    "--layers=1,1,1,1,1,1",
    "--channels=8,8,8,8,8,8",
    "--inputSize=32",
    "--batchSize=8",
    "--epochs=8",
    "--warmupEpochs=1",
    "--opt=momentum",
    "--lrMax=0.05",
    "--emaDecay=0.8",
    "--colorJitter=0",
    "--ckptSaveEpoch=1",
    "--keepCheckpoints=2",
    "--perPrintTimes=3",
  };

  @TempDir static Path root;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeAll
  static void learn() throws IOException {
    makeDataset(root);
    new TrainPipelineTest().train("learned", TINY);
  }

  /**
   * Bright and dark images, 52 to learn from and 20 to validate on, as a dataset in {@code data}.
   */
  static void makeDataset(Path root) throws IOException {
    List<String> classes = List.of("bright", "dark");
    for (String split : List.of("train", "val")) {
      int images = split.equals("train") ? 26 : 10;
      for (int i = 0; i < images * 2; i++) {
        Path folder = root.resolve("images/" + split + "/" + classes.get(i % 2));
        Files.createDirectories(folder);
        Files.write(
            folder.resolve(split + i + ".JPEG"), NoisePicture.jpeg(SIDE, i, i % 2 == 0 ? 160 : 0));
      }
      PreprocessPipeline.run(
          options(
              PreprocessOptions.class,
              "--input=" + root.resolve("images"),
              "--split=" + split,
              "--output=" + root.resolve("data"),
              "--runner=DirectRunner"),
          new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    }
  }

  @Test
  void learnsAndKeepsTheNewestBestAndAveragedCheckpoints() throws IOException {
    Path checkpoints = root.resolve("learned/checkpoints");
    try (Stream<Path> files = Files.list(checkpoints)) {
      assertEquals(
          List.of(
              "best.safetensors",
              "ema_best.safetensors",
              "ema_last.safetensors",
              "epoch-0007.ema.safetensors",
              "epoch-0007.safetensors",
              "epoch-0008.ema.safetensors",
              "epoch-0008.safetensors"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    assertArrayEquals(
        Files.readAllBytes(checkpoints.resolve("epoch-0008.ema.safetensors")),
        Files.readAllBytes(checkpoints.resolve("ema_last.safetensors")));
    CheckpointInfo info =
        Checkpoint.read(
                Storage.local(), checkpoints.resolve("epoch-0008.ema.safetensors").toString())
            .info();
    assertEquals(8, info.training().epoch());
    assertEquals(8 * (52 / 8), info.training().step());
    assertEquals(WeightKind.EMA, info.weights());
    assertEquals(List.of("bright", "dark"), info.classes());
    assertEquals(Interpolation.OPENCV, info.preprocessing().interpolation());

    List<JsonNode> epochs = new ArrayList<>();
    List<JsonNode> steps = new ArrayList<>();
    for (String line : Files.readAllLines(root.resolve("learned/training.jsonl"))) {
      JsonNode node = new ObjectMapper().readTree(line);
      (node.has("top1") ? epochs : steps).add(node);
    }
    assertEquals(8, epochs.size());
    assertEquals(8 * 6 / 3, steps.size());
    assertTrue(
        epochs.get(7).get("meanLoss").asDouble() < epochs.get(0).get("meanLoss").asDouble(),
        epochs.toString());
    assertEquals(1.0, epochs.stream().mapToDouble(e -> e.get("top1").asDouble()).max().orElse(0));
  }

  @Test
  void givesTheSameBytesOnAnotherRunner() throws IOException {
    train("direct", with("--runner=DirectRunner"));
    for (String name : List.of("epoch-0008.safetensors", "ema_best.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(root.resolve("learned/checkpoints/" + name)),
          Files.readAllBytes(root.resolve("direct/checkpoints/" + name)),
          name);
    }
  }

  @Test
  void stopsWithEpochAndStepWhereTheLossIsNoLongerFinite() {
    Exception failure =
        assertThrows(Exception.class, () -> train("diverged", with("--lr=1e30", "--lrMax=1e30")));
    assertTrue(
        failure
            .getMessage()
            .matches(
                "the loss became (NaN|-?Infinity) at epoch 1, step \\d+ .*; try a lower --lrMax, more --warmupEpochs or --clipNorm=1"),
        failure.getMessage());
    assertTrue(
        ExceptionUtils.findThrowable(failure, SuppressRestartsException.class).isPresent(),
        "another attempt would only repeat it");
  }

  @Test
  void saysInWhatTheClassesDifferAndHowToMendIt() throws IOException {
    Path images = root.resolve("other-images");
    for (String name : List.of("bright", "caf\u00e9")) {
      Path folder = Files.createDirectories(images.resolve("val/" + name));
      Files.write(folder.resolve("a.JPEG"), NoisePicture.jpeg(SIDE, 1, 160));
    }
    Path other = root.resolve("other");
    PreprocessPipeline.run(
        options(
            PreprocessOptions.class,
            "--input=" + images,
            "--split=val",
            "--output=" + other,
            "--runner=DirectRunner"),
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    Exception failure =
        assertThrows(IOException.class, () -> train("differ", with("--validation=" + other)));
    assertEquals(
        "the classes of %1$s (train) and %2$s (val) differ: class 1 is 'dark' in one and 'caf\u00e9' in the other; preprocess val with --classes=%1$s/train-manifest.json"
            .formatted(root.resolve("data"), other),
        failure.getMessage());
  }

  @Test
  void refusesAnOutputThatHoldsATraining() throws IOException {
    train("kept", with("--epochs=1", "--warmupEpochs=0"));
    String said = printed.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains("Trained 1 epoch in "), said);
    Exception failure = assertThrows(IOException.class, () -> train("kept", TINY));
    assertTrue(failure.getMessage().contains("--overwrite"), failure.getMessage());
    train("kept", with("--epochs=2", "--overwrite", "--keepCheckpoints=1"));
    assertTrue(Files.exists(root.resolve("kept/checkpoints/epoch-0002.safetensors")));
    assertTrue(Files.notExists(root.resolve("kept/checkpoints/epoch-0001.safetensors")));
  }

  @Test
  void refusesAnotherClassCountThanTheData() {
    Exception failure =
        assertThrows(Exception.class, () -> train("classes", with("--numClasses=1000")));
    assertTrue(
        failure.getMessage().endsWith(" has 2; leave --numClasses out to take the data's"),
        failure.getMessage());
    assertTrue(Files.notExists(root.resolve("classes")));
  }

  @Test
  void goesOnAfterItsProcessWasKilled() throws Exception {
    String[] longer = with("--epochs=3", "--stateSaveSteps=1", "--autoaugment", "--drop=0.2");
    train("undisturbed", longer);
    Path output = root.resolve("killed");
    List<String> command = FreshJvm.command("-Xmx1g", "-XX:TieredStopAtLevel=1");
    command.addAll(List.of("ghostbeam.pipelines.Main", "train", "--runner=DirectRunner"));
    command.addAll(List.of("--data=" + HeldFiles.name(root.resolve("data")), "--output=" + output));
    command.addAll(Arrays.asList(longer));
    Process child;
    try (HeldFiles.Hold hold = HeldFiles.after(root.resolve("data"), "train-.*rd", HELD_AFTER)) {
      child =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(root.resolve("killed.log").toFile())
              .start();
      hold.await(child, root.resolve("killed.log"), 1);
      child.destroyForcibly();
      assertEquals(128 + 9, child.waitFor(), () -> "not killed; its log is " + readLog());
    }
    assertTrue(Files.exists(output.resolve("state/state.safetensors")));
    assertTrue(Files.notExists(output.resolve("checkpoints/epoch-0003.safetensors")));
    IOException refusal = assertThrows(IOException.class, () -> train("killed", longer));
    assertTrue(refusal.getMessage().contains("--resume"), refusal.getMessage());
    train("killed", with(longer, "--resume"));
    for (String name : List.of("epoch-0003", "epoch-0003.ema", "best", "ema_best")) {
      String file = "checkpoints/" + name + ".safetensors";
      assertEquals(
          -1,
          Files.mismatch(root.resolve("undisturbed").resolve(file), output.resolve(file)),
          name);
    }
  }

  private static String readLog() {
    try {
      return Files.readString(root.resolve("killed.log"));
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  @Test
  void namesTheFlagThatCannotBe() {
    assertTrue(usage(with("--smoothing=1")).contains("--smoothing"));
    assertTrue(usage(with("--lossScale=0")).contains("--lossScale"));
    assertTrue(usage(with("--layers=1,2,x")).contains("--layers"));
    assertTrue(usage(with("--interpolation=lanczos")).contains("--interpolation"));
    assertTrue(
        usage(with("--inputSize=1024", "--batchSize=256"))
            .startsWith("--batchSize is at most 170 with an inputSize of 1024, as a batch takes"));
    assertTrue(
        usage(with("--randAugment=9")).startsWith("randAugment is none or LAYERS,MAGNITUDE"));
    assertTrue(
        usage("--preset=s-ghostnet-b4", "--randAugment=2,9")
            .endsWith("exclude each other; give --autoaugment=false to have RandAugment alone"));
    assertTrue(usage("--large").contains("--layers"));
  }

  private String usage(String... flags) {
    return assertThrows(UsageException.class, () -> train("usage", flags)).getMessage();
  }

  @Test
  void saysWhichDatasetIsMissing() {
    IOException failure =
        assertThrows(
            IOException.class,
            () -> train("missing", with("--validation=" + root.resolve("nowhere"))));
    assertTrue(failure.getMessage().contains("nowhere"), failure.getMessage());
  }

  private void train(String output, String... flags) throws IOException {
    List<String> all = new ArrayList<>(Arrays.asList(flags));
    all.add("--data=" + root.resolve("data"));
    all.add("--output=" + root.resolve(output));
    TrainPipeline.run(
        options(TrainOptions.class, all.toArray(String[]::new)),
        new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  /** The tiny training with flags added or replaced. */
  private static String[] with(String... flags) {
    return with(TINY, flags);
  }

  private static String[] with(String[] usual, String... flags) {
    List<String> names = Arrays.stream(flags).map(flag -> flag.replaceFirst("=.*", "=")).toList();
    Stream<String> kept =
        Arrays.stream(usual).filter(flag -> names.stream().noneMatch(flag::startsWith));
    return Stream.concat(kept, Arrays.stream(flags)).toArray(String[]::new);
  }

  private static <T extends PipelineOptions> T options(Class<T> type, String... flags) {
    return PipelineOptionsFactory.fromArgs(flags).withValidation().as(type);
  }
}
