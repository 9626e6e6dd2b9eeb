package ghostbeam.model.training;

import java.io.Serializable;

/**
 * One training to run, by one rank or several.
 *
 * @param recipe what to learn
 * @param data dataset folder with a {@code train} split
 * @param validation dataset folder with a {@code val} split
 * @param output folder that receives checkpoints and logs
 * @param cores processor cores of one rank: for decoding, validation, and a step where it is worth
 *     it
 * @param stateSteps steps between two saved states within an epoch; 0 for none but at epochs' ends
 * @param resume whether to go on from the state in {@code output}, where there is one
 */
public record TrainingJob(
    Recipe recipe,
    String data,
    String validation,
    String output,
    int cores,
    int stateSteps,
    boolean resume)
    implements Serializable {

  /** Where in its output a training keeps what going on with it needs. */
  public static final String STATE = "state/state.safetensors";

  /** Pixels of a batch below which threads cost a step more than they bring (measured). */
  private static final int WORTH_SHARING = 64 * 64 * 64;

  public TrainingJob {
    if (stateSteps < 0) {
      throw new IllegalArgumentException("--stateSaveSteps is at least 0, found " + stateSteps);
    }
  }

  /** The same training, from its last saved state where there is one. */
  public TrainingJob resumed() {
    return new TrainingJob(recipe, data, validation, output, cores, stateSteps, true);
  }

  /**
   * Threads of a training step, a pure function of the job: weights depend on it in last digits.
   */
  int stepThreads() {
    int side = recipe.architecture().inputSize();
    return (long) recipe.batchSize() * side * side < WORTH_SHARING ? 1 : cores;
  }
}
