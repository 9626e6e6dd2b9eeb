package ghostbeam.model.training;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.List;

/**
 * How far a training is, at the end of a step.
 *
 * @param epoch the epoch to go on with, 1-based; one more than the last where all is done
 * @param steps steps of that epoch already taken
 * @param lossSum sum of the loss over that epoch's images so far
 * @param images that epoch's images so far
 * @param skipped that epoch's steps so far whose gradients overflowed
 * @param best right answers of the best raw weights so far, −1 before the first
 * @param emaBest the same of the averaged weights
 * @param kept epochs whose checkpoints stay, oldest first
 * @param logLines lines of {@code training.jsonl} so far
 * @param eventBytes of TensorBoard's file so far
 * @param threads of a step; last digits depend on them
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

  /** Where a training starts. */
  static Progress start(int threads) {
    return new Progress(1, 0, 0, 0, 0, -1, -1, List.of(), 0, 0, threads);
  }
}
