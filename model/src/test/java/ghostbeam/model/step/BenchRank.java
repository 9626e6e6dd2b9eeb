package ghostbeam.model.step;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.BatchShare;
import ghostbeam.model.input.Targets;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.optimization.Momentum;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.WeightDecay;
import ghostbeam.model.recipe.AmpLevel;
import ghostbeam.model.recipe.Batching;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;

/** One rank's steps on noise, timed. */
final class BenchRank {
  private static final int WARMUP_STEPS = 3;

  private BenchRank() {}

  /** Median seconds of a step on a rank's share of the images. */
  static double seconds(
      Collective collective,
      Architecture architecture,
      int images,
      int threads,
      boolean syncBn,
      int steps) {
    Classifier.useThreads(threads);
    int side = architecture.inputSize();
    int count = images / collective.size();
    BatchShare share = new BatchShare(collective.rank() * count, count, images, images);
    // Off the heap, as the input pipeline hands batches over.
    ByteBuffer batch =
        ByteBuffer.allocateDirect(count * 3 * side * side * Float.BYTES)
            .order(ByteOrder.nativeOrder());
    Random random = new Random(collective.rank());
    while (batch.hasRemaining()) {
      batch.putFloat((float) random.nextGaussian());
    }
    batch.flip();
    int[] labels = new int[count];
    Arrays.setAll(labels, i -> i);
    double[] seconds = new double[steps];
    try (TrainingNetwork network =
            new TrainingNetwork(
                architecture,
                architecture.initialWeights(1),
                DataType.FLOAT32,
                AmpLevel.O0,
                Regularization.ORIGINAL);
        Optimizer optimizer = new Momentum(network.buckets(), 0.9, 1e-4, WeightDecay.MATRICES)) {
      TrainingStep step =
          new TrainingStep(
              network, Recipe.ORIGINAL.with(Batching::syncBn, syncBn), optimizer, collective);
      for (int i = -WARMUP_STEPS; i < steps; i++) {
        long start = System.nanoTime();
        step.gather(
            manager ->
                manager.create(
                    batch.duplicate().order(ByteOrder.nativeOrder()),
                    new Shape(count, side, side, 3),
                    DataType.FLOAT32),
            Targets.of(labels),
            share,
            new SplittableRandom(i));
        step.update(0.001);
        if (i >= 0) {
          seconds[i] = (System.nanoTime() - start) / 1e9;
        }
      }
    }
    Arrays.sort(seconds);
    return seconds[steps / 2];
  }
}
