package ghostbeam.pipelines.train;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.step.AmpLevel;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.Recipe;
import ghostbeam.model.training.TrainingJob;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import java.io.IOException;

/** What {@link TrainOptions} ask for, checked and completed by what the data says. */
final class TrainRequest {
  private TrainRequest() {}

  /**
   * The training to run.
   *
   * @throws UsageException for a flag that is missing or cannot be
   * @throws IOException where the data is not there
   */
  static TrainingJob job(Storage storage, TrainOptions options) throws IOException {
    String data = place("data", options.getData());
    String validation =
        options.getValidation().isEmpty() ? data : place("validation", options.getValidation());
    String output = place("output", options.getOutput());
    try {
      Architecture shape = NetworkFlags.architecture(options, 2);
      Recipe unsized = recipe(options, shape);
      Manifest train = Manifest.read(storage, data, "train");
      Manifest.read(storage, validation, "val");
      int classes = options.getNumClasses() == 0 ? train.classes().size() : options.getNumClasses();
      return new TrainingJob(
          unsized.withClasses(classes),
          data,
          validation,
          output,
          cores(options),
          options.getStateSaveSteps(),
          options.isResume());
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** Cores of one rank: in one process ranks share this machine's. */
  private static int cores(TrainOptions options) {
    return options.getRankThreads() > 0
        ? options.getRankThreads()
        : Math.max(1, Runtime.getRuntime().availableProcessors() / options.getRanks());
  }

  private static Recipe recipe(TrainOptions options, Architecture architecture) {
    return new Recipe(
        architecture,
        options.getEpochs(),
        options.getBatchSize(),
        options.getRanks(),
        options.isSyncBn(),
        options.getOpt(),
        options.getOptEps(),
        options.getMomentum(),
        options.getWeightDecay(),
        options.getLrDecayStyle(),
        options.getLr(),
        options.getLrMax(),
        options.getLrEnd(),
        options.getWarmupLr(),
        options.getWarmupEpochs(),
        options.getDecayEpochs(),
        options.getDecayRate(),
        options.getSmoothing(),
        options.getDrop(),
        options.getDropPath(),
        options.getEmaDecay(),
        AmpLevel.named(options.getAmpLevel()),
        options.getLossScale(),
        options.isAutoaugment(),
        options.getColorJitter(),
        options.getCropScale(),
        options.getCropFraction(),
        interpolation(options, architecture),
        options.isDropTail(),
        options.getCkptSaveEpoch(),
        options.getKeepCheckpoints(),
        options.getPerPrintTimes(),
        options.getInitialCheckpoint().isEmpty()
            ? ""
            : Launch.absolute(options.getInitialCheckpoint()),
        options.getSeed());
  }

  private static Interpolation interpolation(TrainOptions options, Architecture architecture) {
    String name = options.getInterpolation();
    if (name.equals("preset")) {
      return NetworkFlags.published(architecture);
    }
    return Interpolation.named(name)
        .orElseThrow(
            () ->
                new UsageException(
                    "--interpolation=%s cannot be; expected opencv, pillow or preset"
                        .formatted(name)));
  }

  private static String place(String flag, String path) {
    if (path == null || path.isBlank()) {
      throw new UsageException("--" + flag + " is missing; it takes a path or a gs://, s3:// URI");
    }
    return Launch.absolute(path);
  }
}
