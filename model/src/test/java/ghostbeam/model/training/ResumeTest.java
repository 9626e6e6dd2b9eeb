package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import ghostbeam.model.checkpoint.TensorArchive;
import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.recipe.Bookkeeping;
import ghostbeam.model.recipe.OptimizerChoice;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensorboard.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

final class ResumeTest {
  private static final int STEPS = 8;

  @TempDir static Path root;
  @TempDir Path folder;

  @BeforeAll
  static void writeData() throws IOException {
    TinyTraining.writeData(root);
  }

  /**
   * Everything random is enabled: dropout, drop path, policy, erasing, mixing; and the last batch
   * is a small one. One of the optimisers is combined with all other features of a step.
   */
  private static TrainingSpec spec(OptimizerChoice optimizer) {
    TrainingSpec spec = TinyTraining.with(TinyTraining.SPEC, "opt", "\"" + optimizer + "\"");
    spec = TinyTraining.with(spec, "drop", "0.2");
    spec = TinyTraining.with(spec, "dropPath", "0.3");
    spec = TinyTraining.with(spec, "optEps", "0.01");
    spec = TinyTraining.with(spec, "dropTail", "false");
    spec = TinyTraining.with(spec, "randomErasing", "0.5");
    spec = TinyTraining.with(spec, "mixup", "0.4");
    spec = TinyTraining.with(spec, "cutmix", "1");
    if (optimizer == OptimizerChoice.ADAMW) {
      spec = TinyTraining.with(spec, "accumulate", "2");
      spec = TinyTraining.with(spec, "clipNorm", "0.5");
      spec = TinyTraining.with(spec, "emaWarmup", "true");
    }
    return TinyTraining.with(spec, "autoaugment", "true");
  }

  /**
   * Each failing write is another place to stop: states, logs and checkpoints, within an epoch and
   * at its end.
   */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SGD") // momentum with another decay rule
  void endsInTheSameBytesWhereverItWasStopped(OptimizerChoice optimizer) throws Exception {
    TrainingSpec spec = spec(optimizer);
    Path whole = folder.resolve("whole");
    TinyTraining.run(Storage.local(), root, whole, spec, false);
    List<String> names = TinyTraining.checkpoints(whole);
    assertEquals(7, names.size(), names.toString());
    int stops = 0;
    for (int files = 0; ; files += optimizer == OptimizerChoice.MOMENTUM ? 2 : 5) {
      Path output = folder.resolve("stopped" + files);
      try {
        TinyTraining.run(new FullDisk(files), root, output, spec, true);
        break;
      } catch (IOException e) {
        assertTrue(e.getMessage().startsWith("no space left for"), e.getMessage());
        stops++;
      }
      TinyTraining.run(Storage.local(), root, output, spec, true);
      assertEquals(names, TinyTraining.checkpoints(output));
      for (String name : names) {
        String file = "checkpoints/" + name + ".safetensors";
        assertEquals(
            -1, Files.mismatch(whole.resolve(file), output.resolve(file)), name + " " + files);
      }
      assertEquals(-1, Files.mismatch(state(whole), state(output)), "state " + files);
      assertEquals(TinyTraining.log(whole, true), TinyTraining.log(output, true));
      assertEquals(
          optimizer == OptimizerChoice.ADAMW ? 6 : 10, TinyTraining.log(output, false).size());
      assertEquals(TinyTraining.events(whole), TinyTraining.events(output), "events " + files);
    }
    assertTrue(stops > 4, stops + " stops");
  }

  /** Bisects the loss scale until some steps overflow and others do not. */
  @Test
  void countsSkippedStepsAcrossAStop() throws Exception {
    double low = 1 << 8;
    double high = 1 << 18;
    for (int i = 0; i < 12; i++) {
      double scale = Math.sqrt(low * high);
      TrainingSpec spec = TinyTraining.with(spec(OptimizerChoice.MOMENTUM), "ampLevel", "\"O2\"");
      spec = TinyTraining.with(spec, "lossScale", Double.toString(scale));
      Path whole = folder.resolve("scale" + i);
      try {
        TinyTraining.run(Storage.local(), root, whole, spec, false);
      } catch (IllegalStateException e) {
        assertTrue(e.getMessage().startsWith("the gradients of all steps"), e.getMessage());
        high = scale;
        continue;
      }
      // With two in an epoch of five steps, at least one is before the stop.
      long skipped = TinyTraining.log(whole, true).get(0).get("skippedSteps").asLong();
      if (skipped >= 2) {
        stopInTheFirstEpochAndResume(spec, whole, folder.resolve("stopped"));
        return;
      }
      low = scale;
    }
    fail("no scale lets some steps overflow and others not");
  }

  private static void stopInTheFirstEpochAndResume(TrainingSpec spec, Path whole, Path output)
      throws Exception {
    // recipe.json and events, then a log, events and a state at each step: after the fourth of
    // five.
    FullDisk disk = new FullDisk(2 + 4 * 3);
    assertThrows(IOException.class, () -> TinyTraining.run(disk, root, output, spec, false));
    assertTrue(Files.notExists(output.resolve("checkpoints")), "stopped in the first epoch");
    TinyTraining.run(Storage.local(), root, output, spec, true);
    assertEquals(TinyTraining.log(whole, true), TinyTraining.log(output, true));
    assertEquals(-1, Files.mismatch(state(whole), state(output)));
  }

  private static Path state(Path output) {
    return output.resolve(TrainingFolder.STATE);
  }

  @Test
  void resumesFromTheSavedStep() throws Exception {
    Path output = folder.resolve("stopped");
    stopAfterThreeStates(output);
    TinyTraining.run(Storage.local(), root, output, TinyTraining.SPEC, true);
    List<Long> steps =
        TinyTraining.log(output, false).stream().map(line -> line.get("step").asLong()).toList();
    assertEquals(STEPS, steps.size());
    long before =
        Files.getLastModifiedTime(output.resolve("checkpoints/best.safetensors")).toMillis();
    TinyTraining.run(Storage.local(), root, output, TinyTraining.SPEC, true);
    long after =
        Files.getLastModifiedTime(output.resolve("checkpoints/best.safetensors")).toMillis();
    assertEquals(before, after, "a finished training has nothing left to do");
  }

  @Test
  void rejectsAnotherRecipeNamingWhatChanged() throws Exception {
    Path output = folder.resolve("other");
    TinyTraining.run(Storage.local(), root, output, TinyTraining.SPEC, false);
    TrainingSpec other = TinyTraining.with(TinyTraining.SPEC, "lrMax", "0.06");
    AdvisedException refusal =
        assertThrows(
            AdvisedException.class,
            () -> TinyTraining.run(Storage.local(), root, output, other, true));
    assertEquals(
        state(output) + " belongs to another recipe: lrMax was 0.05 and is 0.06",
        refusal.getMessage());
    assertEquals(Optional.of(ModelRemedy.SAME_TRAINING_OR_START_OVER.with()), refusal.advice());
    TrainingJob talkative =
        TinyTraining.job(TinyTraining.SPEC, root, output)
            .with(new Bookkeeping(2, 3, 3, 0))
            .withResume(true);
    TinyTraining.run(Storage.local(), talkative);
  }

  /**
   * A setting that an earlier version did not have counts as the original's; TensorBoard was also
   * added later, and gets the events from then on.
   */
  @Test
  void resumesFromAStateThatPredatesASetting() throws Exception {
    Path whole = folder.resolve("whole");
    TinyTraining.run(Storage.local(), root, whole, TinyTraining.SPEC, false);
    Path output = folder.resolve("earlier");
    stopAfterThreeStates(output);
    for (Path file : Events.files(output)) {
      Files.delete(file);
    }
    String path = state(output).toString();
    TensorArchive archive = TensorArchive.read(Storage.local(), path);
    Map<String, String> strings = new LinkedHashMap<>(archive.strings());
    strings.computeIfPresent(
        "recipe",
        (name, json) ->
            json.replace(",\"accumulate\":1", "").replaceAll(",\"(mixup|cutmix)\":0.0", ""));
    strings.computeIfPresent(
        "progress",
        (name, json) ->
            json.replace("\"steps\":", "\"batches\":").replaceAll(",\"eventBytes\":\\d+", ""));
    assertFalse(strings.get("recipe").contains("accumulate"));
    assertFalse(strings.get("recipe").contains("mixup"));
    assertTrue(strings.get("progress").contains("\"batches\":3"), strings.get("progress"));
    assertFalse(strings.get("progress").contains("eventBytes"));
    new TensorArchive(strings, archive.tensors()).write(Storage.local(), path);
    TrainingSpec other = TinyTraining.with(TinyTraining.SPEC, "accumulate", "2");
    String message =
        assertThrows(
                IOException.class,
                () -> TinyTraining.run(Storage.local(), root, output, other, true))
            .getMessage();
    assertTrue(message.endsWith(": accumulate was 1 and is 2"), message);
    TinyTraining.run(Storage.local(), root, output, TinyTraining.SPEC, true);
    for (String name : TinyTraining.checkpoints(whole)) {
      String file = "checkpoints/" + name + ".safetensors";
      assertEquals(-1, Files.mismatch(whole.resolve(file), output.resolve(file)), name);
    }
    assertEquals(STEPS, TinyTraining.log(output, false).size());
    assertEquals(
        TinyTraining.events(whole).stream().filter(event -> !event.matches("[1-3] .*")).toList(),
        TinyTraining.events(output));
  }

  /** Within the first epoch of four steps. */
  private static void stopAfterThreeStates(Path output) {
    // recipe.json and events, then a log, events and a state at each step.
    FullDisk disk = new FullDisk(2 + 3 * 3);
    assertThrows(
        IOException.class, () -> TinyTraining.run(disk, root, output, TinyTraining.SPEC, false));
  }

  @Test
  void rejectsADamagedState() throws Exception {
    Path output = folder.resolve("damaged");
    TinyTraining.run(Storage.local(), root, output, TinyTraining.SPEC, false);
    byte[] bytes = Files.readAllBytes(state(output));
    Files.write(state(output), java.util.Arrays.copyOf(bytes, bytes.length / 2));
    String message =
        assertThrows(
                IOException.class,
                () -> TinyTraining.run(Storage.local(), root, output, TinyTraining.SPEC, true))
            .getMessage();
    assertTrue(message.contains(state(output).toString()), message);
  }
}
