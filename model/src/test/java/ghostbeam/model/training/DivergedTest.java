package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.distributed.Ranks;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.recipe.Bookkeeping;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training whose weights are no longer finite, though every loss is. */
final class DivergedTest {
  @TempDir static Path root;
  @TempDir Path folder;

  @BeforeAll
  static void writeData() throws IOException {
    TinyTraining.writeData(root);
  }

  /** A recipe that starts from an infinite running statistic, which training does not use. */
  private TrainingSpec diverging(int ranks) throws IOException {
    Weights weights = TinyTraining.network(2).initialWeights(1);
    TensorSpec mean =
        weights.specs().stream()
            .filter(spec -> spec.kind() == TensorSpec.Kind.NORM_MEAN)
            .findFirst()
            .orElseThrow();
    weights.get(mean.name())[3] = Float.NEGATIVE_INFINITY;
    Path start = folder.resolve("start.safetensors");
    CheckpointInfo info =
        new CheckpointInfo(
            TinyTraining.network(2),
            WeightKind.RAW,
            CheckpointInfo.Training.NONE,
            List.of("a", "b"),
            TinyTraining.SPEC.validationView());
    Checkpoint.write(Storage.local(), start.toString(), info, weights);
    TrainingSpec spec =
        TinyTraining.with(TinyTraining.SPEC, "initialCheckpoint", "\"" + start + "\"");
    return TinyTraining.with(spec, "ranks", Integer.toString(ranks));
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 4", "1, 3, 3", "2, 0, 2", "2, 1, 1"})
  void stopsOnEveryRankBeforeAnythingIsSaved(int ranks, int stateSteps, int step) throws Exception {
    TrainingSpec spec = diverging(ranks);
    Path output = folder.resolve("output");
    TrainingJob job =
        TinyTraining.job(spec, root, output).with(new Bookkeeping(1, 9, 1, stateSteps));
    List<String> messages =
        Ranks.each(
            folder.resolve("notes"),
            ranks,
            collective ->
                assertThrows(
                        DivergedException.class,
                        () -> Trainer.run(Storage.local(), job, collective))
                    .getMessage());
    for (String message : messages) {
      assertEquals("weights are no longer finite at epoch 1, step " + step, message);
    }
    assertTrue(Files.notExists(output.resolve("checkpoints")));
    assertTrue(Files.notExists(output.resolve(TrainingFolder.STATE)));
  }

  @Test
  void checksAverages() throws Exception {
    Weights weights = TinyTraining.network(2).initialWeights(1);
    try (Learner learner = new Learner(TinyTraining.SPEC, weights, Collective.alone())) {
      learner.requireFinite(1, 1);
      var state = learner.state();
      state.get("average.0")[0] = Float.NaN;
      learner.restore(state);
      assertThrows(DivergedException.class, () -> learner.requireFinite(1, 1));
      state.get("average.0")[0] = 0;
      state.get("weights.0")[1] = Float.POSITIVE_INFINITY;
      learner.restore(state);
      assertThrows(DivergedException.class, () -> learner.requireFinite(1, 1));
    }
  }

  /** Where one logit is not finite, another could be the greatest by accident. */
  @ParameterizedTest
  @CsvSource({"0, NaN", "1, NaN", "0, Infinity", "1, -Infinity"})
  void anImageWithoutFiniteLogitsIsWrong(int label, float bias) throws Exception {
    Weights weights = TinyTraining.network(2).initialWeights(1);
    weights.get("classifier.bias")[label] = bias;
    try (Dataset val = Dataset.open(Storage.local(), root.toString(), "val");
        Validation validation =
            new Validation(val, TinyTraining.SPEC.validationView(), Collective.alone(), 1);
        Classifier classifier = Classifier.of(TinyTraining.network(2), weights)) {
      assertArrayEquals(new long[1], validation.correct(List.of(classifier)));
      assertEquals(TinyTraining.IMAGES, validation.records());
    }
  }
}
