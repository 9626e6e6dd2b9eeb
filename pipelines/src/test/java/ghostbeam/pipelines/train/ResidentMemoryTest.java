package ghostbeam.pipelines.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ghostbeam.pipelines.FreshJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training's memory over 1,080 steps and 54 epochs' ends, with the allocator that run sets up.
 */
@Tag("soak")
@Timeout(900)
final class ResidentMemoryTest {
  private static final int EPOCHS = 54;
  private static final int STEPS_OF_EPOCH = 20;
  private static final int BATCH = 64;
  private static final int WARM_UP_STEPS = 50;

  @TempDir static Path root;

  @Test
  void settlesWithinSomeHundredSteps() throws Exception {
    Path jemalloc = Path.of("/usr/lib/x86_64-linux-gnu/libjemalloc.so.2");
    assumeTrue(Files.exists(jemalloc), "needs jemalloc");
    SampleTraining sample = SampleTraining.prepare(root, STEPS_OF_EPOCH * BATCH / 10, 20);
    Path output = root.resolve("training");
    Process training = start(sample, output, jemalloc);
    List<Long> residentKb = new ArrayList<>();
    int steps = 0;
    try {
      while (!training.waitFor(100, TimeUnit.MILLISECONDS)) {
        steps = steps(output.resolve("training.jsonl"));
        long resident = residentKb(training.pid());
        if (resident > 0 && steps > WARM_UP_STEPS) {
          residentKb.add(resident);
        }
      }
    } finally {
      training.destroyForcibly();
    }
    assertEquals(0, training.exitValue(), Files.readString(root.resolve("child.log")));

    int quarter = residentKb.size() / 4;
    LongSummaryStatistics all = summary(residentKb);
    LongSummaryStatistics third = summary(residentKb.subList(2 * quarter, 3 * quarter));
    LongSummaryStatistics last = summary(residentKb.subList(3 * quarter, 4 * quarter));
    String found =
        "%d looks: %d to %d MB, the third quarter's mean %.0f, the last's %.0f"
            .formatted(
                all.getCount(),
                all.getMin() >> 10,
                all.getMax() >> 10,
                third.getAverage() / 1024,
                last.getAverage() / 1024);
    System.out.println(found);
    assertTrue(steps > (EPOCHS - 1) * STEPS_OF_EPOCH);
    // The allocator keeps the most that any moment took, validation beside batches decoded ahead:
    // it settles over some hundred steps. What leaks grows on.
    assertEquals(third.getAverage(), last.getAverage(), 0.02 * third.getAverage(), found);
    assertTrue(all.getMax() - all.getMin() <= 0.075 * (all.getMax() + all.getMin()), found);
  }

  private static LongSummaryStatistics summary(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).summaryStatistics();
  }

  private static Process start(SampleTraining sample, Path output, Path jemalloc)
      throws IOException {
    // A heap of one size, taken at once, so that what grows is not the heap.
    List<String> command = FreshJvm.command("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");
    command.addAll(List.of("ghostbeam.pipelines.Main", "train", "--runner=DirectRunner"));
    command.addAll(List.of("--data=" + sample.data(), "--output=" + output));
    command.addAll(List.of("--preset=ghostnet-1x", "--inputSize=32", "--epochs=" + EPOCHS));
    command.addAll(List.of("--batchSize=" + BATCH, "--opt=momentum", "--perPrintTimes=1"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LD_PRELOAD", jemalloc.toString());
    builder
        .environment()
        .put(
            "MALLOC_CONF",
            "oversize_threshold:0,dirty_decay_ms:-1,muzzy_decay_ms:-1,narenas:"
                + Runtime.getRuntime().availableProcessors());
    return builder
        .redirectErrorStream(true)
        .redirectOutput(root.resolve("child.log").toFile())
        .start();
  }

  private static int steps(Path log) throws IOException {
    if (!Files.exists(log)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(log)) {
      return (int) lines.filter(line -> line.contains("\"loss\"")).count();
    }
  }

  /** 0 once the process has ended. */
  private static long residentKb(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException | RuntimeException e) {
      return 0;
    }
  }
}
