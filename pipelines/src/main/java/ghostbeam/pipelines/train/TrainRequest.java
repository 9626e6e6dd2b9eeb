package ghostbeam.pipelines.train;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.recipe.Bookkeeping;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.TrainingJob;
import ghostbeam.model.training.TrainingSpec;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.cli.Words;
import ghostbeam.pipelines.launch.Launch;
import java.io.IOException;

/** The validated {@link TrainOptions}, completed from the data. */
final class TrainRequest {
  private TrainRequest() {}

  /**
   * The training to run.
   *
   * @throws UsageException for an invalid flag
   * @throws IOException if the data does not exist
   */
  static TrainingJob job(Storage storage, TrainOptions options) throws IOException {
    String data = Launch.absolute(options.getData());
    String validation =
        options.getValidation().isEmpty() ? data : Launch.absolute(options.getValidation());
    String output = Launch.absolute(options.getOutput());
    try {
      Architecture shape = NetworkFlags.architecture(options, 2);
      String start = options.getInitialCheckpoint();
      TrainingSpec unsized =
          new TrainingSpec(
              shape,
              RecipeFlags.recipe(options, shape),
              start.isEmpty() ? "" : Launch.absolute(start));
      Bookkeeping bookkeeping = bookkeeping(options);
      Manifest train = Manifest.read(storage, data, "train");
      Manifest.read(storage, validation, "val");
      int classes = options.getNumClasses() == 0 ? train.classes().size() : options.getNumClasses();
      return TrainingJob.of(unsized.withClasses(classes), data, output)
          .with(bookkeeping)
          .withValidation(validation)
          .withCores(cores(options))
          .withResume(options.isResume());
    } catch (IllegalArgumentException e) {
      throw new UsageException(Words.oneLine(e));
    }
  }

  /** Cores of one rank: in one process ranks share this machine's. */
  private static int cores(TrainOptions options) {
    return options.getRankThreads() > 0
        ? options.getRankThreads()
        : Math.max(1, Runtime.getRuntime().availableProcessors() / options.getRanks());
  }

  private static Bookkeeping bookkeeping(TrainOptions options) {
    return new Bookkeeping(
        options.getCkptSaveEpoch(),
        options.getKeepCheckpoints(),
        options.getPerPrintTimes(),
        options.getStateSaveSteps());
  }
}
