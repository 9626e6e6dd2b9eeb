package ghostbeam.model.training;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.List;

/**
 * A training run's progress at the end of a step.
 *
 * @param epoch the 1-based epoch to continue with; one past the last where training is finished
 * @param steps finished steps of that epoch
 * @param lossSum sum of the loss over that epoch's images so far
 * @param images number of that epoch's images so far
 * @param skipped number of that epoch's steps so far whose gradients overflowed
 * @param best right answers of the best raw weights so far, −1 before the first validation
 * @param emaBest the same for the averaged weights
 * @param kept epochs whose checkpoints are kept, oldest first
 * @param logLines number of lines of {@code training.jsonl} so far
 * @param eventBytes size of TensorBoard's file so far
 * @param threads engine threads of a step, on which last digits depend
 */
record Progress(
    int epoch,
    @JsonAlias("batches") int steps,
    double lossSum,
    long images,
    int skipped,
    long best,
    long emaBest,
    List<Integer> kept,
    int logLines,
    int eventBytes,
    int threads) {

  Progress {
    kept = List.copyOf(kept);
  }

  /** The start of training. */
  static Progress start(int threads) {
    return new Progress(1, 0, 0, 0, 0, -1, -1, List.of(), 0, 0, threads);
  }

  /** Says where a training of this many epochs resumes. */
  String resumption(int epochs) {
    return epoch > epochs
        ? "nothing is left to train: epoch %d was finished".formatted(epochs)
        : "resumes in epoch %d at step %d of it".formatted(epoch, steps + 1);
  }
}
