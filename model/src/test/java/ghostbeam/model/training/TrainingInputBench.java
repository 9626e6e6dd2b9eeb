package ghostbeam.model.training;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.OperatingSystemMXBean;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.Batch;
import ghostbeam.model.input.BatchBuffers;
import ghostbeam.model.input.BatchLoader;
import ghostbeam.model.input.Division;
import ghostbeam.model.input.EpochPlan;
import ghostbeam.model.input.SampleOrder;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processor time of a step, of its input, and of both together, alternately; and how long steps
 * wait for input. -Pbench runs it over the training split given by {@code
 * -Dghostbeam.records=FOLDER}.
 */
@Tag("bench")
class TrainingInputBench {
  private static final int BATCH = 32;
  private static final int WARMUP_STEPS = 4;
  private static final int STEPS = 8;
  private static final int ROUNDS = 3;
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private double waited;
  private double wall;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void stepAndInput(boolean augmented) throws Exception {
    String records = System.getProperty("ghostbeam.records", "");
    assumeFalse(records.isEmpty(), "-Dghostbeam.records names no folder");
    TrainingSpec spec = spec(augmented);
    double[] step = new double[ROUNDS];
    double[] input = new double[ROUNDS];
    double[] both = new double[ROUNDS];
    double[] waits = new double[ROUNDS];
    double[] walls = new double[ROUNDS];
    Classifier.useThreads(CORES);
    try (Dataset data = Dataset.open(Storage.local(), records, "train");
        Learner learner = new Learner(spec, spec.randomStart(), Collective.alone())) {
      for (int round = 0; round < ROUNDS; round++) {
        input[round] = milliseconds(data, spec, null, false);
        step[round] = milliseconds(data, spec, learner, true);
        both[round] = milliseconds(data, spec, learner, false);
        waits[round] = waited;
        walls[round] = wall;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "processor ms an image, ghostnet-1x @224, batch %d, %s: step %.2f, input %.2f, both together %.2f; waited for input %.1f ms of %.0f ms a step%n",
        BATCH,
        augmented ? "RandAugment, erasing, mixup and CutMix" : "crops alone",
        median(step),
        median(input),
        median(both),
        median(waits),
        median(walls));
  }

  private static TrainingSpec spec(boolean augmented) {
    TrainingSpec plain = TinyTraining.of(Preset.GHOSTNET_1X.architecture(1000));
    TrainingSpec cropped = TinyTraining.with(plain, "cropScale", "0.08");
    if (!augmented) {
      return cropped;
    }
    TrainingSpec spec = TinyTraining.with(cropped, "randAugment", "\"2,9\"");
    spec = TinyTraining.with(spec, "randomErasing", "0.25");
    spec = TinyTraining.with(spec, "mixup", "0.2");
    return TinyTraining.with(spec, "cutmix", "1");
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[ROUNDS / 2];
  }

  /** This process's processor time per image; with {@code resident}, of steps on a single batch. */
  private double milliseconds(Dataset data, TrainingSpec spec, Learner learner, boolean resident)
      throws Exception {
    int records = (int) data.manifest().records();
    EpochPlan plan = EpochPlan.of(1, 1, records, new Division(BATCH, 1, true), 0, 1);
    long start = 0;
    long begun = 0;
    long waiting = 0;
    try (BatchLoader loader =
        new BatchLoader(data, spec.trainingView(), plan, 0, CORES, new BatchBuffers())) {
      Batch batch = loader.next();
      if (resident) {
        // Batches loaded ahead must not be counted.
        Thread.sleep(1000);
      }
      for (int i = -WARMUP_STEPS; i < STEPS; i++) {
        if (i == 0) {
          start = SYSTEM.getProcessCpuTime();
          begun = System.nanoTime();
          waiting = 0;
        }
        if (!resident) {
          long asked = System.nanoTime();
          batch = loader.next();
          waiting += System.nanoTime() - asked;
        }
        if (learner != null) {
          learner.gather(batch, SampleOrder.ofStep(1, 1, i + WARMUP_STEPS));
          learner.update(0.001);
        }
      }
      double spent = SYSTEM.getProcessCpuTime() - start;
      waited = waiting / 1e6 / STEPS;
      wall = (System.nanoTime() - begun) / 1e6 / STEPS;
      return spent / 1e6 / STEPS / BATCH;
    }
  }
}
