package ghostbeam.model.input;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ghostbeam.model.augmentation.Augmentation;
import ghostbeam.model.augmentation.ColorJitter;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.storage.Storage;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Images a second from records to augmented float batches, on every core and with nothing else to
 * do; -Pbench runs it over the training split that {@code -Dghostbeam.records=FOLDER} names.
 */
@Tag("bench")
class BatchLoaderBench {
  private static final int BATCH = 64;
  private static final int ROUNDS = 3;

  @ParameterizedTest
  @CsvSource({"PILLOW, 0", "OPENCV, 0", "PILLOW, 0.5"})
  void load(Interpolation interpolation, double jitter) throws Exception {
    String records = System.getProperty("ghostbeam.records", "");
    assumeFalse(records.isEmpty(), "-Dghostbeam.records names no folder");
    TrainingView view =
        new TrainingView(
            224, 0.08, interpolation, jitter == 0 ? Augmentation.NONE : new ColorJitter(jitter));
    double[] speeds = new double[ROUNDS];
    try (Dataset dataset = Dataset.open(Storage.local(), records, "train")) {
      int images = (int) dataset.manifest().records();
      for (int round = 0; round < ROUNDS; round++) {
        EpochPlan plan = EpochPlan.of(1, round + 1, images, new Division(BATCH, 1, true), 0, 1);
        int threads = Runtime.getRuntime().availableProcessors();
        int warmup = plan.batches() / 4;
        try (BatchLoader loader =
            new BatchLoader(dataset, view, plan, 0, threads, new BatchBuffers())) {
          long start = 0;
          for (int batch = 0; batch < plan.batches(); batch++) {
            if (batch == warmup) {
              start = System.nanoTime();
            }
            loader.next();
          }
          double seconds = (System.nanoTime() - start) / 1e9;
          speeds[round] = (plan.batches() - warmup) * (double) BATCH / seconds;
        }
      }
    }
    Arrays.sort(speeds);
    System.out.printf(
        Locale.ROOT,
        "input %s, colour jitter %.1f: median %.1f images/s%n",
        interpolation,
        jitter,
        speeds[ROUNDS / 2]);
  }
}
