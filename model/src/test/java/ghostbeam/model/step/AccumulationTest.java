package ghostbeam.model.step;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.distributed.Ranks;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.BatchShare;
import ghostbeam.model.input.Targets;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.optimization.Momentum;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.Parameter;
import ghostbeam.model.optimization.WeightDecay;
import ghostbeam.model.recipe.AmpLevel;
import ghostbeam.model.recipe.Batching;
import ghostbeam.model.recipe.Optimization;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import ghostbeam.model.step.TrainingStep.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A step of several batches learns what a step of one batch with all their images learns. Here its
 * batches have the same images, with other labels and other dropout: so batch norm's statistics are
 * the same for one batch as for all, and its backward pass, which is linear, is the same for their
 * sums.
 */
@Timeout(600)
final class AccumulationTest {
  private static final int SIDE = 32;
  private static final int CLASSES = 5;
  private static final int STEPS = 3;

  /** Images of the batch that a step repeats. */
  private static final int BATCH = 8;

  private static final int BATCHES = 3;
  private static final double CLIP = 0.5;

  private static final Architecture NETWORK =
      BigNet.of(Collections.nCopies(6, 1), Collections.nCopies(6, 8), true)
          .withInputSize(SIDE)
          .withClasses(CLASSES);

  @TempDir Path folder;

  /** A few steps, and all tensors after them. */
  private record Run(List<Outcome> steps, Map<String, double[]> tensors) {}

  /**
   * Settings of a run.
   *
   * @param parts number of batches of a step; ranks share each of them
   */
  private record Setting(int parts, double clipNorm, boolean syncBn, double drop, double rate) {
    static Setting of(int parts, double clipNorm) {
      return new Setting(parts, clipNorm, true, 0.2, 0.05);
    }
  }

  private static Run run(Collective collective, Setting setting) {
    Classifier.useThreads(1);
    int parts = setting.parts();
    Recipe recipe =
        Recipe.ORIGINAL
            .with(Batching::syncBn, setting.syncBn())
            .with(Optimization::clipNorm, setting.clipNorm());
    List<Outcome> outcomes = new ArrayList<>();
    Map<String, double[]> tensors = new LinkedHashMap<>();
    try (TrainingNetwork network =
            new TrainingNetwork(
                NETWORK,
                NETWORK.initialWeights(1),
                DataType.FLOAT64,
                AmpLevel.O0,
                new Regularization(0, setting.drop(), 0, 0, false));
        Optimizer optimizer =
            new Momentum(network.buckets(), 0.9, 1e-3, WeightDecay.ALL_BUT_NORM)) {
      TrainingStep step = new TrainingStep(network, recipe, optimizer, collective);
      int arrays = 0;
      for (int i = 0; i < STEPS; i++) {
        for (int part = 0; part < parts; part++) {
          BatchShare share = share(collective, part, parts);
          int[] labels = new int[share.count()];
          int number = i;
          Arrays.setAll(labels, image -> label(number, share.first() + image));
          step.gather(images(i, share), Targets.of(labels), share, new SplittableRandom(i));
        }
        outcomes.add(step.update(setting.rate()));
        int now = network.manager().getManagedArrays().size();
        assertTrue(i < 2 || now == arrays, "arrays are left behind");
        arrays = now;
      }
      for (Parameter tensor : network.tensors()) {
        tensors.put(tensor.spec().name(), tensor.array().toDoubleArray());
      }
      return new Run(outcomes, tensors);
    }
  }

  private static BatchShare share(Collective collective, int part, int parts) {
    int batch = BATCH * BATCHES / parts;
    int first = batch * collective.rank() / collective.size();
    int count = batch * (collective.rank() + 1) / collective.size() - first;
    return new BatchShare(batch * part + first, count, BATCH * BATCHES, batch);
  }

  /** Unlike images, labels do not repeat with each batch. */
  private static int label(int step, int image) {
    return (step + image * image + image / BATCH) % CLASSES;
  }

  /** This share of the step's images. */
  private static Function<NDManager, NDArray> images(int step, BatchShare share) {
    int floats = 3 * SIDE * SIDE;
    Random random = new Random(step);
    double[] batch = new double[BATCH * floats];
    Arrays.setAll(batch, i -> random.nextGaussian());
    double[] own = new double[share.count() * floats];
    Arrays.setAll(own, i -> batch[(share.first() * floats + i) % batch.length]);
    return manager -> manager.create(own, new Shape(share.count(), SIDE, SIDE, 3));
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "1, 0.5", "2, 0.5", "3, 0"})
  void learnsWhatAStepOfAllImagesLearns(int ranks, double clipNorm) throws Exception {
    Run whole = run(Collective.alone(), Setting.of(1, clipNorm));
    for (Run shared : Ranks.each(folder, ranks, each -> run(each, Setting.of(BATCHES, clipNorm)))) {
      for (int i = 0; i < STEPS; i++) {
        Outcome expected = whole.steps().get(i);
        Outcome actual = shared.steps().get(i);
        assertEquals(expected.loss(), actual.loss(), 1e-10, "step " + i);
        assertEquals(expected.gradientNorm(), actual.gradientNorm(), 1e-9, "step " + i);
        assertTrue(actual.learned());
      }
      whole.tensors().entrySet().stream()
          .filter(tensor -> !tensor.getKey().contains(".running_"))
          .forEach(
              tensor ->
                  assertArrayEquals(
                      tensor.getValue(),
                      shared.tensors().get(tensor.getKey()),
                      1e-9,
                      tensor.getKey()));
    }
  }

  /** The first layer's means do not depend on how images are divided. */
  @Test
  void withoutSyncBnRanksAverageTheStatisticsOfAllBatches() throws Exception {
    Setting own = new Setting(BATCHES, 0, false, 0.2, 0);
    double[] expected = run(Collective.alone(), own).tensors().get("bn1.running_mean");
    for (Run shared : Ranks.each(folder, 2, each -> run(each, own))) {
      assertArrayEquals(expected, shared.tensors().get("bn1.running_mean"), 1e-12);
    }
  }

  /** Otherwise the first test would not notice missing clipping or dropout. */
  @Test
  void clippingAndDropoutHaveAnEffect() {
    Run free = run(Collective.alone(), Setting.of(1, 0));
    Run clipped = run(Collective.alone(), Setting.of(1, CLIP));
    assertTrue(free.steps().get(0).gradientNorm() > 2 * CLIP, free.steps().toString());
    assertEquals(free.steps().get(0), clipped.steps().get(0));
    assertTrue(
        Math.abs(free.steps().get(2).loss() - clipped.steps().get(2).loss()) > 1e-4,
        () -> free.steps() + " and " + clipped.steps());
    Run whole = run(Collective.alone(), new Setting(1, 0, true, 0, 0.05));
    assertNotEquals(whole.steps().get(0).loss(), free.steps().get(0).loss(), 1e-4);
  }
}
