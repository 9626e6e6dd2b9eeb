package ghostbeam.model.training;

import ghostbeam.model.recipe.Bookkeeping;
import ghostbeam.model.recipe.Recipe;
import java.io.Serializable;

/**
 * One training to run, by one rank or several: {@code TrainingJob.of(spec, data,
 * output).withCores(2)}.
 *
 * @param spec what to learn
 * @param bookkeeping what to write, and how often
 * @param data dataset folder with a {@code train} split
 * @param validation dataset folder with a {@code val} split
 * @param output folder that receives checkpoints and logs
 * @param cores processor cores of one rank: for decoding, validation, and a step where it is worth
 *     it
 * @param resume whether to go on from the state in {@code output}, where there is one
 */
public record TrainingJob(
    TrainingSpec spec,
    Bookkeeping bookkeeping,
    String data,
    String validation,
    String output,
    int cores,
    boolean resume)
    implements Serializable {

  /** Pixels of a batch below which threads cost a step more than they bring (measured). */
  private static final int WORTH_SHARING = 64 * 64 * 64;

  /** A training from the start on one core, validated on the same folder's data. */
  public static TrainingJob of(TrainingSpec spec, String data, String output) {
    return new TrainingJob(spec, Bookkeeping.ORIGINAL, data, data, output, 1, false);
  }

  public TrainingJob with(Bookkeeping other) {
    return new TrainingJob(spec, other, data, validation, output, cores, resume);
  }

  public TrainingJob withValidation(String other) {
    return new TrainingJob(spec, bookkeeping, data, other, output, cores, resume);
  }

  public TrainingJob withCores(int other) {
    return new TrainingJob(spec, bookkeeping, data, validation, output, other, resume);
  }

  /** The same training, from its last saved state where there is one and it is wanted. */
  public TrainingJob withResume(boolean wanted) {
    return new TrainingJob(spec, bookkeeping, data, validation, output, cores, wanted);
  }

  /** How it learns. */
  public Recipe recipe() {
    return spec.recipe();
  }

  /** The files that it writes. */
  public TrainingFolder folder() {
    return new TrainingFolder(output);
  }

  /** What it learns, how, and what it writes, as its files have it: one JSON object. */
  String recipeJson() {
    return spec.json(bookkeeping);
  }

  /**
   * Threads of a training step, a pure function of the job: weights depend on it in last digits.
   */
  int stepThreads() {
    int side = spec.architecture().inputSize();
    return (long) recipe().batching().batchSize() * side * side < WORTH_SHARING ? 1 : cores;
  }
}
