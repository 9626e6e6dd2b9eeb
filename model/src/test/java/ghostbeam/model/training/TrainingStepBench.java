package ghostbeam.model.training;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.network.Weights;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.SmoothedCrossEntropy;
import ghostbeam.model.optimization.WeightDecay;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images a second of a training step, all cores in one rank; -Pbench runs it. */
@Tag("bench")
class TrainingStepBench {
  private static final int WARMUP_STEPS = 3;
  private static final int STEPS = 10;

  @ParameterizedTest
  @CsvSource({"GHOSTNET_1X,32,224", "S_GHOSTNET_B1,16,240"})
  void step(Preset preset, int batch, int side) {
    Architecture architecture = preset.architecture(1000);
    Classifier.useThreads(Runtime.getRuntime().availableProcessors());
    // Off the heap, as the input pipeline hands batches over.
    ByteBuffer images =
        ByteBuffer.allocateDirect(batch * 3 * side * side * Float.BYTES)
            .order(ByteOrder.nativeOrder());
    Random random = new Random(1);
    while (images.hasRemaining()) {
      images.putFloat((float) random.nextGaussian());
    }
    images.flip();
    int[] labels = new int[batch];
    Arrays.setAll(labels, i -> i);
    double[] seconds = new double[STEPS];
    try (TrainingNetwork network =
            new TrainingNetwork(
                architecture,
                Weights.initial(architecture, 1),
                DataType.FLOAT32,
                AmpLevel.O0,
                0,
                0);
        Optimizer optimizer =
            new Optimizer.Momentum(network.buckets(), 0.9, 1e-4, WeightDecay.MATRICES)) {
      TrainingStep step = new TrainingStep(network, new SmoothedCrossEntropy(0.1), optimizer);
      for (int i = -WARMUP_STEPS; i < STEPS; i++) {
        long start = System.nanoTime();
        step.learn(
            manager ->
                manager.create(
                    images.duplicate().order(ByteOrder.nativeOrder()),
                    new Shape(batch, side, side, 3),
                    DataType.FLOAT32),
            labels,
            0.001,
            new SplittableRandom(i));
        if (i >= 0) {
          seconds[i] = (System.nanoTime() - start) / 1e9;
        }
      }
    }
    Arrays.sort(seconds);
    System.out.printf(
        Locale.ROOT,
        "training step %s @%d, batch %d: median %.1f images/s%n",
        preset.title(),
        side,
        batch,
        batch / seconds[STEPS / 2]);
  }
}
