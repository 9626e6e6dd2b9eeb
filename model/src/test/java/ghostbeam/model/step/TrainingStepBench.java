package ghostbeam.model.step;

import ghostbeam.model.distributed.Collective;
import ghostbeam.model.distributed.Ranks;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images per second of a training step, all cores in one rank; -Pbench runs it. */
@Tag("bench")
class TrainingStepBench {
  private static final int STEPS = 10;
  private static final int ROUNDS = 3;

  @ParameterizedTest
  @CsvSource({"GHOSTNET_1X,32", "S_GHOSTNET_B1,16"})
  void step(Preset preset, int batch) {
    Architecture architecture = preset.architecture(1000);
    int cores = Runtime.getRuntime().availableProcessors();
    double seconds =
        BenchRank.seconds(Collective.alone(), architecture, batch, cores, false, STEPS);
    System.out.printf(
        Locale.ROOT,
        "training step %s @%d, batch %d: median %.1f images/s%n",
        preset.title(),
        architecture.inputSize(),
        batch,
        batch / seconds);
  }

  /** Two ranks with one thread and one rank with two, alternately, on the same number of images. */
  @Test
  void twoRanksAndOne(@TempDir Path folder) throws Exception {
    int images = 32;
    Architecture architecture = Preset.GHOSTNET_1X.architecture(1000);
    double[] one = new double[ROUNDS];
    double[] two = new double[ROUNDS];
    double[] synchronizing = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      one[i] =
          images / BenchRank.seconds(Collective.alone(), architecture, images, 2, false, STEPS);
      two[i] = images / ranks(folder, architecture, images, false);
      synchronizing[i] = images / ranks(folder, architecture, images, true);
    }
    System.out.printf(
        Locale.ROOT,
        "training step ghostnet-1x @224, batch 32, images/s: one rank of 2 threads %s; two ranks of 1 thread %s; the same with SyncBN %s%n",
        rounded(one),
        rounded(two),
        rounded(synchronizing));
  }

  private static double ranks(Path folder, Architecture architecture, int images, boolean syncBn)
      throws Exception {
    return Ranks.each(
            folder, 2, rank -> BenchRank.seconds(rank, architecture, images, 1, syncBn, STEPS))
        .stream()
        .mapToDouble(Double::doubleValue)
        .max()
        .orElseThrow();
  }

  private static String rounded(double[] values) {
    return Arrays.stream(values)
        .mapToObj(value -> String.format(Locale.ROOT, "%.1f", value))
        .collect(Collectors.joining(", "));
  }

  /** The gradients of ghostnet-1x, on one machine. */
  @Test
  void allReduceAndCopy(@TempDir Path folder) throws Exception {
    int floats = 5_200_000;
    double[] reduced = new double[ROUNDS];
    double[] copied = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      reduced[i] = Ranks.each(folder, 2, rank -> milliseconds(floats, rank::sumFloats)).get(0);
      ByteBuffer target = floats(floats);
      copied[i] = milliseconds(floats, source -> target.duplicate().put(source.duplicate()));
    }
    System.out.printf(
        Locale.ROOT,
        "all-reduce of %,d floats between 2 ranks %s ms; copying them once %s ms%n",
        floats,
        rounded(reduced),
        rounded(copied));
  }

  private static double milliseconds(int floats, Consumer<ByteBuffer> work) {
    ByteBuffer values = floats(floats);
    work.accept(values);
    long start = System.nanoTime();
    for (int i = 0; i < STEPS; i++) {
      work.accept(values);
    }
    return (System.nanoTime() - start) / 1e6 / STEPS;
  }

  private static ByteBuffer floats(int count) {
    return ByteBuffer.allocateDirect(count * Float.BYTES).order(ByteOrder.nativeOrder());
  }
}
