package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import ghostbeam.model.optimization.Schedule;
import java.io.Serializable;

/**
 * The number of epochs and the learning rate schedule.
 *
 * @param epochs passes over the data
 * @param lr rate at step 0; for cosine_step, the rate after warm-up
 * @param lrMax rate at the end of warm-up; unused by cosine_step
 * @param lrEnd rate at the end of training; unused by cosine_step
 * @param warmupEpochs epochs of warm-up
 * @param stepped what only cosine_step uses
 */
public record LearningRate(
    int epochs,
    ScheduleChoice lrDecayStyle,
    double lr,
    double lrMax,
    double lrEnd,
    int warmupEpochs,
    Stepped stepped)
    implements Serializable {
  public static final LearningRate ORIGINAL =
      new LearningRate(200, ScheduleChoice.COSINE, 0.01, 0.4, 1e-6, 3, new Stepped(1e-4, 30, 0.1));

  /**
   * What only cosine_step uses.
   *
   * @param warmupLr rate of the first epoch of warm-up
   * @param decayEpochs epochs between decays
   * @param decayRate factor of each decay
   */
  public record Stepped(double warmupLr, double decayEpochs, double decayRate)
      implements Serializable {
    public Stepped {
      require(warmupLr >= 0, "warmupLr", "at least 0", warmupLr);
      require(decayEpochs > 0, "decayEpochs", "above 0", decayEpochs);
      require(decayRate > 0, "decayRate", "above 0", decayRate);
    }
  }

  public LearningRate {
    require(epochs >= 1, "epochs", "at least 1", epochs);
    require(lr >= 0, "lr", "at least 0", lr);
    require(lrMax > 0, "lrMax", "above 0", lrMax);
    require(lrEnd >= 0, "lrEnd", "at least 0", lrEnd);
    require(warmupEpochs >= 0, "warmupEpochs", "at least 0", warmupEpochs);
  }

  void requireSound() {
    require(
        warmupEpochs < epochs, "warmupEpochs", "from 0 to below epochs=" + epochs, warmupEpochs);
  }

  /** The schedule over the steps of the whole training. */
  public Schedule schedule(long stepsPerEpoch) {
    return lrDecayStyle.of(this, stepsPerEpoch);
  }
}
