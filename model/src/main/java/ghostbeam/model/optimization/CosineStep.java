package ghostbeam.model.optimization;

/**
 * Warm-up and step decay, changing at epoch boundaries only; decay counts epochs from 0, including
 * warm-up.
 *
 * @param warmupStart rate of the first epoch of warm-up
 * @param base rate before any decay
 * @param warmupEpochs epochs of warm-up; 0 for none
 * @param decayEpochs epochs between decays; may be fractional
 * @param decayRate factor of each decay; a value above 1 means its inverse
 * @param stepsPerEpoch optimiser steps per epoch
 */
public record CosineStep(
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
