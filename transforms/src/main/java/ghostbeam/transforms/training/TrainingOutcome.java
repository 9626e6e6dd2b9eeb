package ghostbeam.transforms.training;

import ghostbeam.model.failure.Advice;

/** How a training ended that {@link TrainEach} ran. */
public sealed interface TrainingOutcome {

  /** The training's folder. */
  String folder();

  /** Trained to the end: the last checkpoint is written. */
  record Trained(String folder) implements TrainingOutcome {}

  /**
   * Stopped, as its numbers were no longer finite or it learned nothing; it would do so again.
   *
   * @param reason what was found, and at which step
   * @param advice what to try instead
   */
  record Diverged(String folder, String reason, Advice advice) implements TrainingOutcome {}
}
