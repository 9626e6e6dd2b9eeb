package ghostbeam.model.training;

import java.io.Serializable;

/**
 * One training to run.
 *
 * @param recipe what to learn
 * @param data dataset folder with a {@code train} split
 * @param validation dataset folder with a {@code val} split
 * @param output folder that receives checkpoints and logs
 * @param cores processor cores to use: for decoding, validation, and a step where it is worth it
 */
public record TrainingJob(Recipe recipe, String data, String validation, String output, int cores)
    implements Serializable {

  /** Pixels of a batch below which threads cost a step more than they bring (measured). */
  private static final int WORTH_SHARING = 64 * 64 * 64;

  /**
   * Threads of a training step, a pure function of the job: weights depend on it in last digits.
   */
  int stepThreads() {
    int side = recipe.architecture().inputSize();
    return (long) recipe.batchSize() * side * side < WORTH_SHARING ? 1 : cores;
  }
}
