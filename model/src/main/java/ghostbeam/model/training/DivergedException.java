package ghostbeam.model.training;

import ghostbeam.model.step.TrainingStep;

/**
 * A training has left the finite numbers or learned nothing; from the same state it would again.
 */
public final class DivergedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  DivergedException(String message) {
    super(message);
  }

  /**
   * Of a step whose loss, or else gradient, is no number.
   *
   * @param step where it was
   */
  static DivergedException of(TrainingStep.Outcome outcome, String step) {
    String found =
        Double.isFinite(outcome.loss())
            ? "gradient's norm became " + outcome.gradientNorm()
            : "loss became " + outcome.loss();
    return new DivergedException(
        "the %s at %s; try a lower --lrMax, more --warmupEpochs or --clipNorm=1"
            .formatted(found, step));
  }
}
