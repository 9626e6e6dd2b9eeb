package ghostbeam.model.inference;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.NativeLibrary;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.network.Weights;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The count of bytes that decides how many checkpoints are loaded, against what Linux says. */
class ClassifierMemoryTest {
  private static final int CLASSIFIERS = 8;
  private static final int READINGS = 5;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theCountOfBytesIsWhatTheProcessGrowsBy(int callers) throws Exception {
    Architecture architecture = Preset.GHOSTNET_1X.architecture(1000);
    Weights weights = Golden.fill(architecture); // shared, so its part is left out
    long expected = Classifier.bytes(architecture, callers) - Classifier.bytes(architecture, 0);
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    List<Classifier> classifiers = new ArrayList<>();
    try {
      classifiers.add(loaded(architecture, weights, callers, pool));
      long before = residentBytes();
      for (int i = 0; i < CLASSIFIERS; i++) {
        classifiers.add(loaded(architecture, weights, callers, pool));
      }
      double grown = (double) (residentBytes() - before) / CLASSIFIERS;
      assertTrue(
          grown > 0.8 * expected && grown < 1.1 * expected,
          () -> "it grew by %.1f MB each, counted are %.1f".formatted(grown / 1e6, expected / 1e6));
    } finally {
      classifiers.forEach(Classifier::close);
      pool.shutdown();
    }
  }

  /** A classifier that so many threads have called at once. */
  private static Classifier loaded(
      Architecture architecture, Weights weights, int callers, ExecutorService pool)
      throws Exception {
    Classifier classifier = Classifier.of(architecture, weights);
    CyclicBarrier together = new CyclicBarrier(callers);
    List<Callable<float[]>> calls = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      calls.add(
          () -> {
            ByteBuffer image = ByteBuffer.allocateDirect(4 * 64 * 64 * 3);
            together.await();
            return classifier.logits(image, 4, 64);
          });
    }
    for (Future<float[]> call : pool.invokeAll(calls)) {
      call.get();
    }
    return classifier;
  }

  /** The least of some readings: the heap's garbage and freed blocks go back a little later. */
  private static long residentBytes() throws IOException, InterruptedException {
    long least = Long.MAX_VALUE;
    System.gc();
    for (int i = 0; i < READINGS; i++) {
      giveBackFreedBlocks();
      long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
      try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
        String line = lines.filter(text -> text.startsWith("VmRSS:")).findFirst().orElseThrow();
        least = Math.min(least, Long.parseLong(line.replaceAll("\\D", "")) * 1024 - heap);
      }
      Thread.sleep(150);
    }
    return least;
  }

  /** As jemalloc or glibc can, whichever the process was started with. */
  private static void giveBackFreedBlocks() {
    try {
      Object[] allArenas = {"arena.4096.purge", 0L, 0L, 0L, 0L};
      NativeLibrary.getProcess().getFunction("mallctl").invokeInt(allArenas);
    } catch (UnsatisfiedLinkError e) {
      NativeLibrary.getInstance("c").getFunction("malloc_trim").invokeInt(new Object[] {0L});
    }
  }
}
