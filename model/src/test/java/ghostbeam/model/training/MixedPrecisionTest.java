package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.input.Batch;
import ghostbeam.model.input.BatchShare;
import ghostbeam.model.input.Targets;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Momentum;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.WeightDecay;
import ghostbeam.model.recipe.AmpLevel;
import ghostbeam.model.recipe.MixedPrecision;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import ghostbeam.model.step.TrainingNetwork;
import ghostbeam.model.step.TrainingStep;
import ghostbeam.model.step.TrainingStep.Outcome;
import ghostbeam.model.tensor.Weights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MixedPrecisionTest {
  private static final int SIDE = 32;
  private static final int IMAGES = 8;
  private static final int CLASSES = 4;
  private static final int STEPS = 20;
  private static final Architecture NETWORK =
      BigNet.of(Collections.nCopies(6, 1), Collections.nCopies(6, 16), false)
          .withInputSize(SIDE)
          .withClasses(CLASSES);

  /** Small, since training amplifies rounding: at twice this rate, losses differ by 2 %. */
  private static final double RATE = 5e-5;

  private static final String STEM = "conv_stem.weight";

  /** One batch, to overfit on. */
  private static Batch batch() {
    ByteBuffer images =
        ByteBuffer.allocateDirect(IMAGES * 3 * SIDE * SIDE * Float.BYTES)
            .order(ByteOrder.nativeOrder());
    Random random = new Random(3);
    while (images.hasRemaining()) {
      images.putFloat((float) random.nextGaussian());
    }
    int[] labels = new int[IMAGES];
    Arrays.setAll(labels, i -> i % CLASSES);
    return new Batch(images.flip(), Targets.of(labels), BatchShare.whole(labels.length));
  }

  private static Learner learner(AmpLevel level, double lossScale) {
    TrainingSpec spec = TinyTraining.with(TinyTraining.of(NETWORK), "smoothing", "0");
    spec = TinyTraining.with(spec, "ampLevel", "\"" + level + "\"");
    spec = TinyTraining.with(spec, "lossScale", Double.toString(lossScale));
    return new Learner(spec, NETWORK.initialWeights(1), Collective.alone());
  }

  private static Outcome step(Learner learner, Batch batch) {
    learner.gather(batch, new SplittableRandom(1));
    return learner.update(RATE);
  }

  private static double[] losses(AmpLevel level) {
    Batch batch = batch();
    try (Learner learner = learner(level, 128)) {
      double[] losses = new double[STEPS];
      Arrays.setAll(losses, i -> step(learner, batch).loss());
      return losses;
    }
  }

  @Test
  void followsTheLossesOfSinglePrecisionWithinTwoPercent() {
    Map<AmpLevel, double[]> losses = new EnumMap<>(AmpLevel.class);
    for (AmpLevel level : AmpLevel.values()) {
      losses.put(level, losses(level));
    }
    double[] single = losses.get(AmpLevel.O0);
    assertTrue(single[STEPS - 1] < 0.6 * single[0], "learned: " + Arrays.toString(single));
    for (AmpLevel level : List.of(AmpLevel.O2, AmpLevel.O3)) {
      double[] half = losses.get(level);
      for (int i = 0; i < STEPS; i++) {
        assertEquals(single[i], half[i], 0.02 * single[i], level + " step " + i);
      }
      assertNotEquals(single[0], half[0], 1e-6, level + " computes in float16");
    }
    assertFalse(Arrays.equals(losses.get(AmpLevel.O2), losses.get(AmpLevel.O3)));
  }

  @ParameterizedTest
  @EnumSource(
      value = AmpLevel.class,
      names = {"O2", "O3"})
  void leavesGradientsNearThoseOfSinglePrecision(AmpLevel level) {
    float[] single = gradient(AmpLevel.O0, 1);
    float[] half = gradient(level, 128);
    double dot = 0;
    double singles = 0;
    double halves = 0;
    for (int i = 0; i < single.length; i++) {
      double scaled = half[i] / 128.0;
      dot += single[i] * scaled;
      singles += Math.pow(single[i], 2);
      halves += scaled * scaled;
    }
    assertTrue(dot / Math.sqrt(singles * halves) > 0.99, dot + " of " + singles + ", " + halves);
    assertEquals(1, Math.sqrt(halves / singles), 0.03);
  }

  /** All gradients of a first step. */
  private static float[] gradient(AmpLevel level, double lossScale) {
    float[][] all = new float[1][0];
    withStep(
        level,
        lossScale,
        (network, step) -> {
          backward(step);
          for (Bucket bucket : network.buckets()) {
            if (bucket.trainable()) {
              float[] part = bucket.gradient().toFloatArray();
              int at = all[0].length;
              all[0] = Arrays.copyOf(all[0], at + part.length);
              System.arraycopy(part, 0, all[0], at, part.length);
            }
          }
        });
    return all[0];
  }

  private static void withStep(
      AmpLevel level, double lossScale, BiConsumer<TrainingNetwork, TrainingStep> test) {
    Weights start = NETWORK.initialWeights(1);
    try (TrainingNetwork network =
            new TrainingNetwork(
                NETWORK,
                start,
                DataType.FLOAT32,
                level,
                new Regularization(0, 0.2, 0.1, 0, false));
        Optimizer optimizer = new Momentum(network.buckets(), 0.9, 0, WeightDecay.MATRICES)) {
      Recipe recipe = Recipe.ORIGINAL.with(MixedPrecision::lossScale, lossScale);
      test.accept(network, new TrainingStep(network, recipe, optimizer, Collective.alone()));
    }
  }

  private static double backward(TrainingStep step) {
    Batch batch = batch();
    Shape shape = new Shape(IMAGES, SIDE, SIDE, 3);
    return step.backward(
        manager -> manager.create(batch.images(), shape, DataType.FLOAT32),
        batch.targets(),
        batch.share(),
        new SplittableRandom(1));
  }

  @Test
  void leavesNoArrayBehind() {
    withStep(
        AmpLevel.O2,
        128,
        (network, step) -> {
          backward(step);
          int before = network.manager().getManagedArrays().size();
          backward(step);
          assertEquals(before, network.manager().getManagedArrays().size());
        });
  }

  @Test
  void losesSmallGradientsWhereNoScaleLiftsThem() {
    Weights start = NETWORK.initialWeights(1);
    try (Learner vanishing = learner(AmpLevel.O2, 1e-7);
        Learner lifted = learner(AmpLevel.O2, 128)) {
      Batch batch = batch();
      assertTrue(step(vanishing, batch).learned());
      assertTrue(step(lifted, batch).learned());
      float[] decayed = vanishing.weights().get(STEM);
      float[] learned = lifted.weights().get(STEM);
      double moved = 0;
      for (int i = 0; i < decayed.length; i++) {
        // Only weight decay remains, almost all of which float32 rounds away.
        assertEquals(start.get(STEM)[i] * (1 - RATE * 1e-3), decayed[i], 3e-8);
        moved = Math.max(moved, Math.abs(learned[i] - decayed[i]));
      }
      assertTrue(moved > 1e-5, moved + "");
    }
  }

  @Test
  void skipsStepsWhoseGradientsOverflow() {
    try (Learner learner = learner(AmpLevel.O2, 1e30)) {
      Batch batch = batch();
      Map<String, float[]> before = learner.state();
      Outcome outcome = step(learner, batch);
      assertTrue(Double.isFinite(outcome.loss()));
      assertFalse(outcome.learned());
      Map<String, float[]> after = learner.state();
      // The last weights are batch norm's statistics.
      String statistics =
          before.keySet().stream().filter(name -> name.startsWith("weights.")).toList().stream()
              .reduce((first, second) -> second)
              .orElseThrow();
      assertTrue(before.size() > 3, before.keySet().toString());
      before.forEach(
          (name, values) -> {
            if (name.equals(statistics)) {
              assertFalse(Arrays.equals(values, after.get(name)), name);
            } else {
              assertArrayEquals(values, after.get(name), name);
            }
          });
    }
  }

  @Test
  void lossScaleHasNoEffectInSinglePrecision() {
    try (Learner learner = learner(AmpLevel.O0, 1e30)) {
      assertTrue(step(learner, batch()).learned());
    }
  }
}
