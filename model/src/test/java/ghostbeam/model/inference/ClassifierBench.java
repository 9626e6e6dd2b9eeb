package ghostbeam.model.inference;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Outline;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.torchscript.Precision;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images per second of the forward pass, with one single-threaded classifier per core, and the
 * fraction of the processor's peak, that of a large 1×1 float32 convolution measured just before;
 * -Pbench runs it.
 */
@Tag("bench")
class ClassifierBench {
  private static final int BATCH = 16;
  private static final int WARMUP_BATCHES = 2;
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
          inParallel(
              slots, () -> imagesPerSecond(classifier, BATCH, architecture.inputSize(), NANOS));
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

  /** In rounds over all sizes, so that other load on the machine affects them equally. */
  @ParameterizedTest
  @ValueSource(strings = {"ghostnet_1x", "sghostnet_b1", "sghostnet_b4"})
  void batchSizes(String name) throws Exception {
    Architecture architecture = Golden.ARCHITECTURES.get(name).architecture(1000);
    int slots = Runtime.getRuntime().availableProcessors();
    int side = architecture.inputSize();
    Map<Integer, List<Double>> rates = new TreeMap<>();
    try (Classifier classifier = Classifier.of(architecture, Golden.fill(architecture))) {
      for (int round = 0; round < 3; round++) {
        for (int batch : new int[] {4, 8, 16, 32}) {
          double rate =
              inParallel(slots, () -> imagesPerSecond(classifier, batch, side, NANOS / 2));
          rates.computeIfAbsent(batch, key -> new ArrayList<>()).add(rate);
        }
      }
    }
    rates.values().forEach(Collections::sort);
    System.out.printf("%s @%d, images/s by batch: %s%n", architecture.name(), side, rates);
  }

  /** The time from loading a checkpoint to its first logits, and that of its first calls. */
  @ParameterizedTest
  @CsvSource({
    "ghostnet_1x, FLOAT32",
    "ghostnet_1x, BF16",
    "sghostnet_b4, FLOAT32",
    "sghostnet_b4, BF16"
  })
  void firstCalls(String name, Precision precision, @TempDir Path folder) throws Exception {
    Architecture architecture = Golden.ARCHITECTURES.get(name).architecture(1000);
    int side = architecture.inputSize();
    String path = folder.resolve("net.safetensors").toString();
    Checkpoint.write(
        Storage.local(), path, FirstLogitsTest.info(architecture), Golden.fill(architecture));
    Classifier.useThreads(1);
    ByteBuffer images = images(BATCH, side);
    for (int round = 0; round < 3; round++) {
      long start = System.nanoTime();
      Checkpoint checkpoint = Checkpoint.read(Storage.local(), path);
      StringBuilder told = new StringBuilder("read " + millisSince(start));
      start = System.nanoTime();
      try (Classifier classifier = Classifier.load(checkpoint, precision)) {
        told.append(", load ").append(millisSince(start)).append(", calls");
        for (int call = 0; call < 6; call++) {
          start = System.nanoTime();
          classifier.logits(images, BATCH, side);
          told.append(' ').append(millisSince(start));
        }
      }
      System.out.printf(
          "%s @%d %s, one slot, batch %d, ms: %s%n",
          architecture.name(), side, precision.title(), BATCH, told);
    }
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }

  /** The sum of the threads' results. */
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

  private static double imagesPerSecond(Classifier classifier, int batch, int side, long nanos) {
    Classifier.useThreads(1);
    ByteBuffer images = images(batch, side);
    for (int i = 0; i < WARMUP_BATCHES; i++) {
      classifier.logits(images, batch, side);
    }
    long start = System.nanoTime();
    long scored = 0;
    while (System.nanoTime() - start < nanos) {
      classifier.logits(images, batch, side);
      scored += batch;
    }
    return scored * 1e9 / (System.nanoTime() - start);
  }

  private static ByteBuffer images(int batch, int side) {
    byte[] samples = new byte[batch * 3 * side * side];
    new Random(1).nextBytes(samples);
    return ByteBuffer.allocateDirect(samples.length).put(samples).flip();
  }
}
