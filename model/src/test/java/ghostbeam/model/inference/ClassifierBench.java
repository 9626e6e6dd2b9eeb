package ghostbeam.model.inference;

import ghostbeam.model.golden.Golden;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.torchscript.Precision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images a second of the forward pass, one single-threaded classifier a core; -Pbench runs it. */
@Tag("bench")
class ClassifierBench {
  private static final int BATCH = 16;
  private static final int WARMUP_BATCHES = 5;
  private static final long NANOS = 6_000_000_000L;

  @ParameterizedTest
  @CsvSource({
    "ghostnet_1x, FLOAT32",
    "ghostnet_1x, BF16",
    "sghostnet_b1, FLOAT32",
    "sghostnet_b1, BF16"
  })
  void forward(String name, Precision precision) throws Exception {
    Architecture architecture = Golden.ARCHITECTURES.get(name).architecture(1000);
    int slots = Runtime.getRuntime().availableProcessors();
    ExecutorService pool = Executors.newFixedThreadPool(slots);
    try (Classifier classifier =
        Classifier.of(architecture, Golden.fill(architecture), precision)) {
      List<Callable<Double>> work = new ArrayList<>();
      for (int slot = 0; slot < slots; slot++) {
        work.add(() -> imagesPerSecond(classifier, architecture.inputSize()));
      }
      double sum = 0;
      for (Future<Double> part : pool.invokeAll(work)) {
        sum += part.get();
      }
      System.out.printf(
          Locale.ROOT,
          "forward %s @%d %s, batch %d, %d slots: %.1f images/s%n",
          architecture.name(),
          architecture.inputSize(),
          precision.title(),
          BATCH,
          slots,
          sum);
    } finally {
      pool.shutdown();
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
