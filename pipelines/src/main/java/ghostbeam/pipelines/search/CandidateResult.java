package ghostbeam.pipelines.search;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.scoring.Tally;
import ghostbeam.transforms.training.TrainingOutcome;
import java.util.List;

/** The result of a candidate's training, of which each has a file in the search's folder. */
sealed interface CandidateResult {

  /** Trained to the end, and scored on the proxy task's validation images. */
  record Scored(Tally tally) implements CandidateResult {}

  /**
   * Diverged, so that there is nothing to score.
   *
   * @param reason what was no longer finite, and at which step
   * @param remedy what to try instead
   * @param facts of the remedy
   */
  record Diverged(String reason, ModelRemedy remedy, List<String> facts)
      implements CandidateResult {
    static Diverged of(TrainingOutcome.Diverged outcome) {
      Advice advice = outcome.advice();
      return new Diverged(
          outcome.reason(), ModelRemedy.valueOf(advice.remedy().name()), advice.facts());
    }

    Advice advice() {
      return new Advice(remedy, facts);
    }
  }
}
