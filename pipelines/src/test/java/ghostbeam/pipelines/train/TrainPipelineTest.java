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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TrainPipelineTest extends TrainCase {
  /**
   * Records of nine batches, of which a loader reads a few ahead of the step: in the second of
   * three epochs of six.
   */
  private static final int HELD_AFTER = 9 * 8;

  @BeforeAll
  static void learn() throws IOException {
    new TrainPipelineTest().train("learned", TINY);
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
  void stopsWithEpochAndStepOnceTheLossIsNotFinite() {
    Exception failure =
        assertThrows(Exception.class, () -> train("diverged", with("--lr=1e30", "--lrMax=1e30")));
    assertTrue(
        failure
            .getMessage()
            .matches(
                "the loss became (NaN|-?Infinity) at epoch 1, step \\d+ .*; try a lower --lrMax .*, more --warmupEpochs or --clipNorm=1"),
        failure.getMessage());
    assertTrue(
        ExceptionUtils.findThrowable(failure, SuppressRestartsException.class).isPresent(),
        "another attempt would only repeat it");
  }

  @Test
  void resumesAfterItsProcessWasKilled() throws Exception {
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
}
