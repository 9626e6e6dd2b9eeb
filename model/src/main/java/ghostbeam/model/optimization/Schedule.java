package ghostbeam.model.optimization;

/** The learning rate of each optimiser step, counted from 0. */
public sealed interface Schedule {

  /** The learning rate of a step, float64. */
  double at(long step);

  /**
   * Linear warm-up, then half a cosine, changing at every step.
   *
   * @param start rate at step 0
   * @param peak rate when warm-up ends
   * @param end rate towards which the cosine falls
   * @param warmupSteps steps of warm-up; 0 for none
   * @param totalSteps steps in all
   */
  record Cosine(double start, double peak, double end, long warmupSteps, long totalSteps)
      implements Schedule {
    @Override
    public double at(long step) {
      if (step < warmupSteps) {
        return Math.max(0, start + (peak - start) * step / warmupSteps);
      }
      double progress = (double) (step - warmupSteps) / (totalSteps - warmupSteps);
      return Math.max(0, end + (peak - end) * (1 + Math.cos(Math.PI * progress)) / 2);
    }
  }

  /**
   * Warm-up and decay in steps, changing at epoch boundaries only; the decay counts from epoch 0,
   * warm-up included.
   *
   * @param warmupStart rate of the first epoch of warm-up
   * @param base rate before any decay
   * @param warmupEpochs epochs of warm-up; 0 for none
   * @param decayEpochs epochs between two decays, may be fractional
   * @param decayRate factor of each decay; one above 1 is taken as its inverse
   * @param stepsPerEpoch optimiser steps of an epoch
   */
  record CosineStep(
      double warmupStart,
      double base,
      int warmupEpochs,
      double decayEpochs,
      double decayRate,
      long stepsPerEpoch)
      implements Schedule {
    @Override
    public double at(long step) {
      long epoch = step / stepsPerEpoch;
      if (epoch < warmupEpochs) {
        return warmupStart + epoch * ((base - warmupStart) / warmupEpochs);
      }
      double factor = decayRate < 1 ? decayRate : 1 / decayRate;
      return base * Math.pow(factor, Math.floor(epoch / decayEpochs));
    }
  }
}
