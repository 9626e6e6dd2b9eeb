package ghostbeam.model.inference;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Outline;
import ghostbeam.model.torchscript.Precision;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Images a second of the forward pass, one single-threaded classifier a core, and what share of the
 * processor's peak that is: a large 1×1 float32 convolution's multiply-adds a second, measured just
 * before; -Pbench runs it.
 */
@Tag("bench")
class ClassifierBench {
  private static final int BATCH = 16;
  private static final int WARMUP_BATCHES = 5;
  private static final long NANOS = 6_000_000_000L;

  private static final Shape LARGE = new Shape(8, 512, 28, 28);
  private static final Shape LARGE_WEIGHT = new Shape(512, 512, 1, 1);
  private static final long LARGE_MULTIPLY_ADDS = 8L * 28 * 28 * 512 * 512;

  @ParameterizedTest
  @CsvSource({
    "ghostnet_1x, FLOAT32",
    "ghostnet_1x, BF16",
    "sghostnet_b1, FLOAT32",
    "sghostnet_b1, BF16",
    "sghostnet_b4, FLOAT32",
    "sghostnet_b4, BF16"
  })
  void forward(String name, Precision precision) throws Exception {
    Architecture architecture = Golden.ARCHITECTURES.get(name).architecture(1000);
    int slots = Runtime.getRuntime().availableProcessors();
    try (Classifier classifier =
        Classifier.of(architecture, Golden.fill(architecture), precision)) {
      double peak = inParallel(slots, ClassifierBench::largeMultiplyAddsPerSecond);
      double images =
          inParallel(slots, () -> imagesPerSecond(classifier, architecture.inputSize()));
      double used = images * Outline.of(architecture).multiplyAdds();
      System.out.printf(
          Locale.ROOT,
          "forward %s @%d %s, batch %d, %d slots: %.1f images/s, %.0f %% of %.0f billion multiply-adds/s%n",
          architecture.name(),
          architecture.inputSize(),
          precision.title(),
          BATCH,
          slots,
          images,
          100 * used / peak,
          peak / 1e9);
    }
  }

  /** The sum of what each thread gives. */
  private static double inParallel(int threads, Callable<Double> part) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      double sum = 0;
      for (Future<Double> done : pool.invokeAll(Collections.nCopies(threads, part))) {
        sum += done.get();
      }
      return sum;
    } finally {
      pool.shutdown();
    }
  }

  private static double largeMultiplyAddsPerSecond() {
    Classifier.useThreads(1);
    try (NDManager manager = NDManager.newBaseManager()) {
      PtNDArray x = (PtNDArray) manager.ones(LARGE);
      PtNDArray weight = (PtNDArray) manager.ones(LARGE_WEIGHT);
      double best = Double.MAX_VALUE;
      long end = System.nanoTime() + NANOS / 3;
      while (System.nanoTime() < end) {
        long start = System.nanoTime();
        JniUtils.convolution(x, weight, null, new Shape(1, 1), new Shape(0, 0), new Shape(1, 1), 1)
            .close();
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
      return LARGE_MULTIPLY_ADDS / best;
    }
  }

  private static double imagesPerSecond(Classifier classifier, int side) {
    Classifier.useThreads(1);
    byte[] samples = new byte[BATCH * 3 * side * side];
    new Random(1).nextBytes(samples);
    ByteBuffer images = ByteBuffer.allocateDirect(samples.length).put(samples).flip();
    for (int i = 0; i < WARMUP_BATCHES; i++) {
      classifier.logits(images, BATCH, side);
    }
    long start = System.nanoTime();
    long scored = 0;
    while (System.nanoTime() - start < NANOS) {
      classifier.logits(images, BATCH, side);
      scored += BATCH;
    }
    return scored * 1e9 / (System.nanoTime() - start);
  }
}
