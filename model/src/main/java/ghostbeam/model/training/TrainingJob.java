package ghostbeam.model.training;

import ghostbeam.model.recipe.Bookkeeping;
import ghostbeam.model.recipe.Recipe;
import java.io.Serializable;

/**
 * One training run, with one or more ranks: {@code TrainingJob.of(spec, data,
 * output).withCores(2)}.
 *
 * @param spec what determines the weights
 * @param bookkeeping what to write, and how often
 * @param data dataset folder with a {@code train} split
 * @param validation dataset folder with a {@code val} split
 * @param output folder that receives checkpoints and logs
 * @param cores processor cores of one rank, for decoding, validation and, where worthwhile, steps
 * @param resume whether to resume from the state in {@code output}, where there is one
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

  /** Pixels of a batch below which several threads make a step slower (measured). */
  private static final int MIN_PIXELS_FOR_THREADS = 64 * 64 * 64;

  /** A run from the start on one core, validated on the same folder's data. */
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

  /** The same run, optionally from its last saved state. */
  public TrainingJob withResume(boolean wanted) {
    return new TrainingJob(spec, bookkeeping, data, validation, output, cores, wanted);
  }

  /** The recipe. */
  public Recipe recipe() {
    return spec.recipe();
  }

  /** The output's files. */
  public TrainingFolder folder() {
    return new TrainingFolder(output);
  }

  /** All settings as one JSON object, as written to files. */
  String recipeJson() {
    return spec.json(bookkeeping);
  }

  /**
   * Engine threads of a training step. A pure function of the job, since the weights' last digits
   * depend on it.
   */
  int stepThreads() {
    int side = spec.architecture().inputSize();
    return (long) recipe().batching().batchSize() * side * side < MIN_PIXELS_FOR_THREADS
        ? 1
        : cores;
  }
}
