package ghostbeam.model.inference;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.NativeLibrary;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.tensor.Weights;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.model.torchscript.TorchScript;
import java.io.ByteArrayOutputStream;
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
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares the computed memory use, which decides how many checkpoints are loaded, with Linux's
 * figures.
 */
class ClassifierMemoryTest {
  private static final int CLASSIFIERS = 8;
  private static final int READINGS = 5;
  private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ ");

  /** First address, optionally the end of committed memory, and end. */
  private static final Pattern HEAP_PART =
      Pattern.compile("\\[0x([0-9a-f]+), (?:0x[0-9a-f]+, )?0x([0-9a-f]+)\\)");

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theProcessGrowsByTheComputedBytes(int callers) throws Exception {
    Architecture architecture = Preset.GHOSTNET_1X.architecture(1000);
    Weights weights = Golden.fill(architecture);
    // The off-heap part; the rest is an archive on the heap.
    long expected = Classifier.bytes(architecture, callers) - Classifier.bytes(architecture, 0);
    requireGrowth(expected, callers, () -> Classifier.of(architecture, weights));
  }

  @Test
  void theProcessGrowsByAModulesComputedBytes() throws Exception {
    CheckpointInfo info =
        FirstLogitsTest.info(Preset.GHOSTNET_1X.architecture(1000).withInputSize(64));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TorchScript.writePortable(info, Golden.fill(info.architecture()), Precision.FLOAT32, out);
    byte[] file = out.toByteArray();
    ModuleInput planes = ModuleInput.Planes.IMAGENET;
    ModelFile module = ModelFormats.read("m.pt", file, view -> view, planes, 2);
    requireGrowth(
        module.loader().memoryBytes() - file.length,
        2,
        () -> Classifier.of("m.pt", file, new ModuleInput.Samples(), 1000));
  }

  private static void requireGrowth(long expected, int callers, Supplier<Classifier> load)
      throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    List<Classifier> classifiers = new ArrayList<>();
    try {
      classifiers.add(loaded(load, callers, pool));
      long before = residentBytes();
      for (int i = 0; i < CLASSIFIERS; i++) {
        classifiers.add(loaded(load, callers, pool));
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

  /** A classifier that the given number of threads have called concurrently. */
  private static Classifier loaded(Supplier<Classifier> load, int callers, ExecutorService pool)
      throws Exception {
    Classifier classifier = load.get();
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

  /**
   * Outside Java's heap: the least of several readings, since freed blocks are returned with a
   * delay.
   */
  private static long residentBytes() throws Exception {
    long least = Long.MAX_VALUE;
    System.gc();
    List<long[]> heap = heap();
    for (int i = 0; i < READINGS; i++) {
      giveBackFreedBlocks();
      long bytes = 0;
      boolean outside = true;
      for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
        Matcher mapping = MAPPING.matcher(line);
        if (mapping.lookingAt()) {
          long start = Long.parseUnsignedLong(mapping.group(1), 16);
          outside = heap.stream().noneMatch(part -> part[0] <= start && start < part[1]);
        } else if (outside && line.startsWith("Rss:")) {
          bytes += Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
      least = Math.min(least, bytes);
      Thread.sleep(150);
    }
    return least;
  }

  /** Start and end address of each part of Java's heap, not all of which is resident. */
  private static List<long[]> heap() throws Exception {
    Object told =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcHeapInfo",
                new Object[0],
                new String[0]);
    List<long[]> parts = new ArrayList<>();
    Matcher range = HEAP_PART.matcher((String) told);
    while (range.find()) {
      parts.add(
          new long[] {
            Long.parseUnsignedLong(range.group(1), 16), Long.parseUnsignedLong(range.group(2), 16)
          });
    }
    assertFalse(parts.isEmpty(), () -> "no addresses in " + told);
    return parts;
  }

  /** By jemalloc or glibc, whichever the process was started with. */
  private static void giveBackFreedBlocks() {
    try {
      Object[] allArenas = {"arena.4096.purge", 0L, 0L, 0L, 0L};
      NativeLibrary.getProcess().getFunction("mallctl").invokeInt(allArenas);
    } catch (UnsatisfiedLinkError e) {
      NativeLibrary.getInstance("c").getFunction("malloc_trim").invokeInt(new Object[] {0L});
    }
  }
}
