package ghostbeam.model.training;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.Advised;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.step.TrainingStep;
import java.util.Optional;

/**
 * Training produced non-finite numbers or learned nothing; from the same state it would do so
 * again.
 */
public final class DivergedException extends IllegalStateException implements Advised {
  private static final long serialVersionUID = 1L;

  private final Advice advice;

  DivergedException(String message, Advice advice) {
    super(message);
    this.advice = advice;
  }

  /**
   * For a step whose loss or gradient is not finite.
   *
   * @param step the step, in words
   */
  static DivergedException of(TrainingStep.Outcome outcome, String step) {
    String found =
        Double.isFinite(outcome.loss())
            ? "gradient's norm became " + outcome.gradientNorm()
            : "loss became " + outcome.loss();
    return new DivergedException(
        "the %s at %s".formatted(found, step), ModelRemedy.LOWER_LEARNING_RATE.with());
  }

  @Override
  public Optional<Advice> advice() {
    return Optional.of(advice);
  }

  @SuppressWarnings("OverrideThrowableToString") // the message is for users, see Advised
  @Override
  public String toString() {
    return withRemedy(super.toString());
  }
}
