package ghostbeam.model.input;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.OperatingSystemMXBean;
import ghostbeam.model.augmentation.Augmentation;
import ghostbeam.model.augmentation.AutoAugment;
import ghostbeam.model.augmentation.ColorJitter;
import ghostbeam.model.augmentation.Mixing;
import ghostbeam.model.augmentation.RandAugment;
import ghostbeam.model.augmentation.RandomErasing;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.storage.Storage;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Images per second from records to augmented float batches, on all cores with nothing else to do;
 * -Pbench runs it over the training split given by {@code -Dghostbeam.records=FOLDER}.
 */
@Tag("bench")
class BatchLoaderBench {
  private static final int BATCH = 64;
  private static final int ROUNDS = 3;
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  @SuppressWarnings("ImmutableEnumChecker") // records of numbers
  private enum Work {
    CROPS(Augmentation.NONE, RandomErasing.NONE, Mixing.NONE),
    JITTER(new ColorJitter(0.5), RandomErasing.NONE, Mixing.NONE),
    AUTO_AUGMENT(AutoAugment.IMAGENET, RandomErasing.NONE, Mixing.NONE),
    RAND_AUGMENT(new RandAugment(2, 9), RandomErasing.NONE, Mixing.NONE),
    ERASING(Augmentation.NONE, new RandomErasing(0.25), Mixing.NONE),
    MIXUP(Augmentation.NONE, RandomErasing.NONE, new Mixing(0.2, 0)),
    CUTMIX(Augmentation.NONE, RandomErasing.NONE, new Mixing(0, 1)),
    ALL(new RandAugment(2, 9), new RandomErasing(0.25), new Mixing(0.2, 1));

    private final Augmentation augmentation;
    private final RandomErasing erasing;
    private final Mixing mixing;

    Work(Augmentation augmentation, RandomErasing erasing, Mixing mixing) {
      this.augmentation = augmentation;
      this.erasing = erasing;
      this.mixing = mixing;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "OPENCV, CROPS",
    "PILLOW, CROPS",
    "PILLOW, JITTER",
    "PILLOW, AUTO_AUGMENT",
    "PILLOW, RAND_AUGMENT",
    "PILLOW, ERASING",
    "PILLOW, MIXUP",
    "PILLOW, CUTMIX",
    "PILLOW, ALL"
  })
  void load(Interpolation interpolation, Work work) throws Exception {
    String records = System.getProperty("ghostbeam.records", "");
    assumeFalse(records.isEmpty(), "-Dghostbeam.records names no folder");
    TrainingView view =
        new TrainingView(224, 0.08, interpolation, work.augmentation, work.erasing, work.mixing);
    double[] speeds = new double[ROUNDS];
    double[] spent = new double[ROUNDS];
    try (Dataset dataset = Dataset.open(Storage.local(), records, "train")) {
      int images = (int) dataset.manifest().records();
      for (int round = 0; round < ROUNDS; round++) {
        EpochPlan plan = EpochPlan.of(1, round + 1, images, new Division(BATCH, 1, true), 0, 1);
        int threads = Runtime.getRuntime().availableProcessors();
        int warmup = plan.batches() / 4;
        try (BatchLoader loader =
            new BatchLoader(dataset, view, plan, 0, threads, new BatchBuffers())) {
          long start = 0;
          long used = 0;
          for (int batch = 0; batch < plan.batches(); batch++) {
            if (batch == warmup) {
              start = System.nanoTime();
              used = SYSTEM.getProcessCpuTime();
            }
            loader.next();
          }
          double seconds = (System.nanoTime() - start) / 1e9;
          double loaded = (plan.batches() - warmup) * (double) BATCH;
          speeds[round] = loaded / seconds;
          spent[round] = (SYSTEM.getProcessCpuTime() - used) / 1e6 / loaded;
        }
      }
    }
    Arrays.sort(speeds);
    Arrays.sort(spent);
    System.out.printf(
        Locale.ROOT,
        "input %s, %s: median %.1f images/s, %.2f processor ms an image%n",
        interpolation,
        work,
        speeds[ROUNDS / 2],
        spent[ROUNDS / 2]);
  }
}
