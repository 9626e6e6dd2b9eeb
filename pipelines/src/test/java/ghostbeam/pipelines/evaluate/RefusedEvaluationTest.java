package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.ModelInfo;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.cli.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Evaluations that are refused end with one line and without a report. */
class RefusedEvaluationTest {
  @TempDir static Path root;
  private static Scene scene;

  @BeforeAll
  static void build() throws IOException {
    scene = Scene.ofFourCheckpoints(root);
    scene.evaluateRun("reference");
  }

  @Test
  void refusesAnOutputThatHoldsAReportUnlessToldTo() throws IOException {
    scene.evaluateRun("twice");
    String before = scene.contents("twice");
    IOException refused = assertThrows(IOException.class, () -> scene.evaluateRun("twice"));
    assertTrue(refused.getMessage().contains("--overwrite"), refused::getMessage);
    Files.writeString(scene.path("twice/tallies/stale.tally"), "stale");
    scene.evaluateRun("twice", "--overwrite");
    assertEquals(before, scene.contents("twice"));
  }

  /** m in bf16 would have the name of the file m.bf16. */
  @Test
  void namesThatTwoPrecisionsWouldShareAreRefusedBeforeTheOldReportGoes() throws IOException {
    for (String name : List.of("m", "m.bf16")) {
      scene.checkpoint(
          "both/" + name + ".safetensors", 5, WeightKind.RAW, Scene.CLASSES, Interpolation.PILLOW);
    }
    String run = "--checkpoints=" + scene.path("both");
    scene.evaluateRun("both-report", run);
    String before = scene.contents("both-report");
    UsageException refused =
        assertThrows(
            UsageException.class,
            () -> scene.evaluateRun("both-report", run, "--precision=float32,bf16", "--overwrite"));
    assertTrue(refused.getMessage().contains("would both be m.bf16"), refused::getMessage);
    assertEquals(before, scene.contents("both-report"));
  }

  @Test
  void aMissingShardFailsByName() throws IOException {
    copyData("missing");
    Files.delete(shard("missing"));
    assertFailsWithoutReport("missing", "val-00001-of-00003.tfrecord");
  }

  @Test
  void aCorruptRecordFailsByShardNumberAndOffset() throws IOException {
    copyData("corrupt");
    byte[] bytes = Files.readAllBytes(shard("corrupt"));
    bytes[100] ^= 1;
    Files.write(shard("corrupt"), bytes);
    IOException failure =
        assertFailsWithoutReport(
            "corrupt", "val-00001-of-00003.tfrecord", "record 21", "offset 0", "corrupt");
    assertIsNotTriedAgain(failure);
  }

  @Test
  void aCopyOfAnotherShardFailsByItsSize() throws IOException {
    copyData("copied");
    copyShard("copied");
    assertFailsWithoutReport("copied", "val-00001-of-00003.tfrecord has ", "its manifest says ");
  }

  /** Raw images of one size have records of one size. */
  @Test
  void aCopyOfAShardOfTheSameSizeFailsByItsBytes() throws IOException {
    scene.rawDataset("raw", 3);
    scene.evaluateRun("raw-whole", "--data=" + scene.path("raw"));
    copyShard("raw");
    IOException failure =
        assertFailsWithoutReport("raw", "val-00001-of-00003.tfrecord has CRC32C ", "not the shard");
    assertIsNotTriedAgain(failure);
  }

  /** The same names, labels and sizes in the same order, but other images. */
  @Test
  void anotherRunsShardFailsByItsBytes() throws IOException {
    scene.rawDataset("mine", 9, 3);
    scene.rawDataset("theirs", 10, 3);
    Files.copy(shard("theirs"), shard("mine"), StandardCopyOption.REPLACE_EXISTING);
    assertFailsWithoutReport("mine", "val-00001-of-00003.tfrecord has CRC32C ", "not the shard");
  }

  private static void copyShard(String data) throws IOException {
    for (String kind : List.of("tfrecord", "index")) {
      Files.copy(
          scene.path(data).resolve("val-00000-of-00003." + kind),
          scene.path(data).resolve("val-00001-of-00003." + kind),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void aManifestThatListsAShardTwiceIsRefused() throws IOException {
    copyData("listed");
    Path manifest = scene.path("listed").resolve("val-manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("val-00001-of-00003", "val-00000-of-00003"));
    assertFailsWithoutReport("listed", "val-manifest.json", "a shard is listed twice");
  }

  @Test
  void aCheckpointOfAnotherClassCountIsRefusedBeforeWork() throws IOException {
    scene.checkpoint(
        "other/six.safetensors",
        4,
        WeightKind.RAW,
        Scene.CLASSES.subList(0, 6),
        Interpolation.PILLOW);
    assertRefused(
        "six",
        "other/six.safetensors",
        "other/six.safetensors does not fit " + scene.path("data") + ", split val",
        "it knows 6 of the data's 7 classes, but not n07");
  }

  @Test
  void aCheckpointOfOtherClassesIsRefusedBeforeWork() throws IOException {
    scene.checkpoint(
        "renamed/x.safetensors",
        4,
        WeightKind.RAW,
        List.of("n01", "n02", "n03", "cat", "n05", "n06", "n07"),
        Interpolation.PILLOW);
    assertRefused("renamed", "renamed/x.safetensors", "6 of the data's 7 classes, but not n04");
  }

  @Test
  void pathsWithoutCheckpointsAreRefusedByName() throws IOException {
    assertRefused("nothing", "nowhere", "nowhere does not exist");
    assertRefused("nothing", "images", "images holds no checkpoint");
    for (String name : List.of("net.bin", "net.pth.tar", "net.ckpt")) {
      Files.write(scene.path("run").resolve(name), new byte[] {1});
      assertRefused("nothing", "run/" + name, "./run import --from=" + scene.path("run/" + name));
    }
    Path timm = Files.createDirectories(scene.path("foreign")).resolve("timm.safetensors");
    Files.write(timm, new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
    assertRefused(
        "nothing",
        "foreign",
        timm + " has no architecture in its metadata",
        "./run import --from=" + timm);
    assertRefused("nothing", "run/checkpoints/none-*.safetensors", "holds no checkpoint");
    assertRefused("nothing", "run/state/optimizer.safetensors", "optimizer.safetensors");
  }

  @Test
  void aMissingSplitIsRefusedByName() {
    IOException refused =
        assertThrows(IOException.class, () -> scene.evaluateRun("nosplit", "--split=test"));
    assertTrue(refused.getMessage().contains("test"), refused::getMessage);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--batchSize=0",
        "--inputSize=4",
        "--cropFraction=1.5",
        "--interpolation=lanczos",
        "--weights=best",
        "--modelMemory=much",
        "--modelMemory=1kb",
        "--gate=top1>=80",
        "--baseline=best",
        "--data=",
        "--output=",
        "--checkpoints="
      })
  void wrongFlagsAreWrongUsage(String flag) {
    UsageException refused =
        assertThrows(UsageException.class, () -> scene.evaluateRun("wrong", flag));
    assertTrue(refused.getMessage().contains(flag.replaceFirst("=.*", "")), refused::getMessage);
  }

  /** Whether the size is a flag's or a checkpoint's own, of 32 here. */
  @Test
  void aBatchTooLargeForItsBufferIsRefusedByBothFlags() {
    for (String flag : List.of("--inputSize=1024", "--inputSize=837")) {
      UsageException refused =
          assertThrows(
              UsageException.class, () -> scene.evaluateRun("large", flag, "--batchSize=1024"));
      assertTrue(
          refused.getMessage().startsWith("--batchSize=1024 is too large for " + flag + ";"),
          refused::getMessage);
      assertTrue(refused.getMessage().contains("2147483647 bytes"), refused::getMessage);
    }
    EvaluateRequest own = request("--batchSize=1024");
    assertEquals(836, own.view(seenAt(836)).inputSize());
    assertThrows(UsageException.class, () -> own.view(seenAt(837)));
    assertEquals(682, request("--inputSize=1024", "--batchSize=682").scoring().batchSize());
  }

  private static ModelInfo seenAt(int side) {
    return new ModelInfo(
        "net",
        Optional.of(WeightKind.RAW),
        CheckpointInfo.Training.NONE,
        Scene.CLASSES,
        new ValidationView(side, 1, Interpolation.PILLOW),
        1,
        Optional.empty());
  }

  private static EvaluateRequest request(String... flags) {
    EvaluateOptions options = PipelineOptionsFactory.fromArgs(flags).as(EvaluateOptions.class);
    options.setData("data");
    options.setCheckpoints("run");
    options.setOutput("report");
    return EvaluateRequest.of(options);
  }

  private static void assertRefused(String output, String checkpoints, String... expected) {
    assertFails(output, scene.path("data"), scene.path(checkpoints), expected);
  }

  private static void assertIsNotTriedAgain(IOException failure) {
    assertTrue(ExceptionUtils.findThrowable(failure, SuppressRestartsException.class).isPresent());
  }

  private static IOException assertFailsWithoutReport(String data, String... expected) {
    return assertFails("out-" + data, scene.path(data), scene.path("run"), expected);
  }

  private static IOException assertFails(
      String output, Path data, Path checkpoints, String... expected) {
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                scene.evaluate(
                    "--data=" + data,
                    "--checkpoints=" + checkpoints,
                    "--output=" + scene.path(output)));
    String told = Words.oneLine(failure);
    for (String part : expected) {
      assertTrue(told.contains(part), told);
    }
    assertFalse(failure.getMessage().contains("\n"), failure::getMessage);
    assertFalse(Files.exists(scene.path(output).resolve("report.json")));
    return failure;
  }

  private static void copyData(String name) throws IOException {
    Files.createDirectories(scene.path(name));
    try (Stream<Path> files = Files.list(scene.path("data"))) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            scene.path(name).resolve(file.getFileName()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static Path shard(String data) {
    return scene.path(data).resolve("val-00001-of-00003.tfrecord");
  }
}
