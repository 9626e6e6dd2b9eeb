package ghostbeam.model.step;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import ghostbeam.model.step.TrainingStep.Outcome;
import java.nio.ByteBuffer;
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
import org.junit.jupiter.params.provider.EnumSource;

/** Ranks that share a batch learn what one rank learns from the whole batch. */
@Timeout(600)
final class SynchronizedNormTest {
  private static final int SIDE = 32;
  private static final int CLASSES = 5;
  private static final int STEPS = 10;

  /** Large: with squeeze and excite, strides and hard-swish. */
  private static final Architecture NETWORK =
      BigNet.of(Collections.nCopies(6, 1), Collections.nCopies(6, 8), true)
          .withInputSize(SIDE)
          .withClasses(CLASSES);

  @TempDir Path folder;

  /** A few steps, and all tensors after them. */
  private record Run(List<Outcome> steps, Map<String, double[]> tensors) {}

  /** Settings of a run. */
  private record Setting(
      DataType precision, AmpLevel level, boolean syncBn, int images, double rate) {

    static Setting of(DataType precision, boolean syncBn, int images, double rate) {
      return new Setting(precision, AmpLevel.O0, syncBn, images, rate);
    }
  }

  private static Run run(Collective collective, Setting setting) {
    Classifier.useThreads(1);
    int images = setting.images();
    int first = images * collective.rank() / collective.size();
    int count = images * (collective.rank() + 1) / collective.size() - first;
    BatchShare share = new BatchShare(first, count, images, images);
    int[] labels = new int[count];
    Arrays.setAll(labels, i -> (first + i) % CLASSES);
    List<Outcome> steps = new ArrayList<>();
    Map<String, double[]> tensors = new LinkedHashMap<>();
    try (TrainingNetwork network =
            new TrainingNetwork(
                NETWORK,
                NETWORK.initialWeights(1),
                setting.precision(),
                setting.level(),
                new Regularization(0, 0.2, 0.3, 0, false));
        Optimizer optimizer =
            new Momentum(network.buckets(), 0.9, 1e-3, WeightDecay.ALL_BUT_NORM)) {
      TrainingStep step =
          new TrainingStep(
              network,
              Recipe.ORIGINAL.with(Batching::syncBn, setting.syncBn()),
              optimizer,
              collective);
      int arrays = 0;
      for (int i = 0; i < STEPS; i++) {
        step.gather(
            images(i, share, setting.precision()),
            Targets.of(labels),
            share,
            new SplittableRandom(i));
        steps.add(step.update(setting.rate()));
        int now = network.manager().getManagedArrays().size();
        assertTrue(i < 2 || now == arrays, "arrays are left behind");
        arrays = now;
      }
      for (Parameter tensor : network.tensors()) {
        tensors.put(tensor.spec().name(), doubles(tensor.array()));
      }
      return new Run(steps, tensors);
    }
  }

  /** This rank's share of the step's images. */
  private static Function<NDManager, NDArray> images(
      int step, BatchShare share, DataType precision) {
    int floats = 3 * SIDE * SIDE;
    Random random = new Random(step);
    float[] all = new float[share.stepImages() * floats];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) random.nextGaussian() + i % 7;
    }
    float[] own =
        Arrays.copyOfRange(all, share.first() * floats, (share.first() + share.count()) * floats);
    return manager ->
        manager
            .create(own, new Shape(share.count(), SIDE, SIDE, 3))
            .toType(precision, precision == DataType.FLOAT64);
  }

  private static double[] doubles(NDArray array) {
    try (NDArray copy = array.toType(DataType.FLOAT64, true)) {
      return copy.toDoubleArray();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 32, FLOAT64, 0.05, 1e-8, 1e-2",
    "3, 10, FLOAT64, 0.05, 1e-8, 1e-2",
    // In a single rank's float32 run the engine's batch norm sums in float32: small values drift.
    "2, 32, FLOAT32, 0.001, 1e-3, 1",
  })
  void followsOneRankOfTheWholeBatch(
      int ranks, int images, DataType precision, double rate, double tolerance, double smallest)
      throws Exception {
    Setting setting = Setting.of(precision, true, images, rate);
    Run whole = run(Collective.alone(), setting);
    for (Run shared : Ranks.each(folder, ranks, collective -> run(collective, setting))) {
      for (int i = 0; i < STEPS; i++) {
        double loss = whole.steps().get(i).loss();
        assertEquals(loss, shared.steps().get(i).loss(), tolerance * loss, "step " + i);
      }
      assertEquals(whole.tensors().keySet(), shared.tensors().keySet());
      whole
          .tensors()
          .forEach(
              (name, expected) -> {
                double apart = distance(expected, shared.tensors().get(name));
                double limit = tolerance * Math.max(norm(expected), smallest);
                assertTrue(apart <= limit, name + " is " + apart + " off, limit " + limit);
              });
    }
  }

  /** Java memory that the engine still reads after it was collected would change here. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void keepsItsNumbersWhileJavaCollects(DataType type) {
    double[] expected = new double[1000];
    Arrays.fill(expected, 1.5);
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray like = manager.zeros(new Shape(1), type);
      List<NDArray> arrays = new ArrayList<>();
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100; i++) {
          arrays.add(SynchronizedNorm.array(like, expected));
        }
        System.gc();
        List<ByteBuffer> others = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          others.add(ByteBuffer.allocateDirect(expected.length * Double.BYTES));
        }
        assertEquals(200, others.size());
      }
      for (NDArray array : arrays) {
        assertArrayEquals(expected, doubles(array));
      }
    }
  }

  /** Otherwise the test above would not notice missing synchronisation. */
  @Test
  void withoutSyncBnTheResultDiffersButIsTheSameOnAllRanks() throws Exception {
    Setting own = Setting.of(DataType.FLOAT64, false, 8, 0.05);
    Run whole = run(Collective.alone(), own);
    List<Run> shared = Ranks.each(folder, 2, collective -> run(collective, own));
    double loss = whole.steps().get(0).loss();
    assertTrue(Math.abs(loss - shared.get(0).steps().get(0).loss()) > 1e-4 * loss);
    assertEquals(shared.get(0).steps(), shared.get(1).steps());
    shared
        .get(0)
        .tensors()
        .forEach(
            (name, values) -> assertTrue(Arrays.equals(values, shared.get(1).tensors().get(name))));
    // The first layer's means do not depend on how images are divided.
    double apart =
        distance(
            firstMeans(Collective.alone()),
            Ranks.each(folder, 2, SynchronizedNormTest::firstMeans).get(1));
    assertTrue(apart < 1e-12, apart + "");
  }

  /** The first layer's running means, with a learning rate of 0. */
  private static double[] firstMeans(Collective collective) {
    return run(collective, Setting.of(DataType.FLOAT64, false, 8, 0))
        .tensors()
        .get("bn1.running_mean");
  }

  @ParameterizedTest
  @CsvSource({"O2", "O3"})
  void worksInMixedPrecision(AmpLevel level) throws Exception {
    Setting setting = new Setting(DataType.FLOAT32, level, true, 8, 1e-4);
    Run whole = run(Collective.alone(), Setting.of(DataType.FLOAT32, true, 8, 1e-4));
    List<Run> shared = Ranks.each(folder, 2, collective -> run(collective, setting));
    assertEquals(shared.get(0).steps(), shared.get(1).steps());
    for (int i = 0; i < STEPS; i++) {
      double loss = whole.steps().get(i).loss();
      assertTrue(shared.get(0).steps().get(i).learned());
      assertEquals(loss, shared.get(0).steps().get(i).loss(), 0.02 * loss, "step " + i);
    }
  }

  @Test
  void skipsAStepOnAllRanksWhereOneRanksLossIsNotFinite() throws Exception {
    List<Run> shared =
        Ranks.each(
            folder,
            2,
            collective ->
                run(
                    collective.rank() == 1 ? new Spoiling(collective) : collective,
                    Setting.of(DataType.FLOAT32, false, 8, 0.01)));
    for (Run run : shared) {
      for (Outcome step : run.steps()) {
        assertTrue(Double.isNaN(step.loss()));
        assertFalse(step.learned());
      }
      double[] start = Arrays.copyOf(run.tensors().get("classifier.bias"), CLASSES);
      assertEquals(0, norm(start), "nothing was learned");
    }
  }

  private static double distance(double[] a, double[] b) {
    double[] differences = new double[a.length];
    Arrays.setAll(differences, i -> a[i] - b[i]);
    return norm(differences);
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
  }
}
