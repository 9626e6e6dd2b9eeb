package ghostbeam.model.training;

import ghostbeam.model.dataset.ClassNames;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.recipe.Batching;
import ghostbeam.model.recipe.Bookkeeping;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;

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

  private static final int LARGEST_DATASET = Integer.MAX_VALUE - 8;

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
   * Checks that the data fits the network and the recipe.
   *
   * @throws IOException saying what does not fit
   */
  void requireFitting(Storage storage, Manifest train, Manifest val) throws IOException {
    int classes = spec.architecture().classes();
    if (train.classes().size() != classes) {
      throw new AdvisedException(
          "the network has %d classes, the dataset %s has %d"
              .formatted(classes, data, train.classes().size()),
          ModelRemedy.CLASSES_OF_DATA.with());
    }
    Optional<String> difference = ClassNames.difference(train.classes(), val.classes());
    if (difference.isPresent()) {
      throw new AdvisedException(
          "the classes of %s (train) and %s (val) differ: %s"
              .formatted(data, validation, difference.get()),
          ModelRemedy.SAME_CLASSES.with(new DatasetFolder(storage, data, "train").manifestPath()));
    }
    Batching batching = recipe().batching();
    int needed = batching.fewestImages();
    if (train.records() > LARGEST_DATASET) {
      throw new IOException(
          "%s has %d training images, more than the limit %d"
              .formatted(data, train.records(), LARGEST_DATASET));
    }
    if (train.records() < needed) {
      throw new AdvisedException(
          "%s has %d training images; batchSize=%d, ranks=%d and accumulate=%d need at least %d"
              .formatted(
                  data,
                  train.records(),
                  batching.batchSize(),
                  batching.ranks(),
                  batching.accumulate(),
                  needed),
          toNeedFewer(batching, train.records()));
    }
  }

  /** What makes so few images enough; null if nothing does, since batch norm needs two a rank. */
  private static Advice toNeedFewer(Batching batching, long images) {
    if (batching.dropTail()) {
      return batching.ranks() > 1
          ? ModelRemedy.SMALLER_STEP_OR_FEWER_RANKS.with()
          : ModelRemedy.SMALLER_STEP.with();
    }
    return images >= 2 ? ModelRemedy.FEWER_RANKS.with(images / 2) : null;
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
