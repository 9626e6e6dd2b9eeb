package ghostbeam.pipelines.evaluate;

import static ghostbeam.pipelines.cli.UsageException.require;

import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.ModelInfo;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.MemorySize;

/**
 * The validated {@link EvaluateOptions}.
 *
 * @param data the dataset's folder
 * @param checkpoints files, globs and folders
 */
record EvaluateRequest(
    String data,
    String split,
    List<String> checkpoints,
    String output,
    Views views,
    Scoring scoring,
    boolean overwrite) {
  private static final String ALL = "all";
  private static final int LARGEST_BATCH = 1024;

  /**
   * Overrides of how each checkpoint's validation prepared images.
   *
   * @param inputSize in pixels, or 0 for the checkpoint's
   * @param cropFraction from 0 to 1, or 0 for the checkpoint's
   * @param interpolation empty for the checkpoint's
   * @param modules flags for modules that do not describe themselves
   */
  record Views(
      int inputSize,
      double cropFraction,
      Optional<Interpolation> interpolation,
      ModuleFlags modules) {
    Views {
      require(
          inputSize == 0 || (inputSize >= 8 && inputSize <= 4096),
          "inputSize",
          inputSize,
          "8 to 4096 pixels, or leave it out");
      require(
          cropFraction >= 0 && cropFraction <= 1,
          "cropFraction",
          cropFraction,
          "above 0 and at most 1, or leave it out");
    }

    ValidationView of(ValidationView own) {
      return new ValidationView(
          inputSize == 0 ? own.inputSize() : inputSize,
          cropFraction == 0 ? own.cropFraction() : cropFraction,
          interpolation.orElse(own.interpolation()));
    }
  }

  /**
   * What is scored, and how.
   *
   * @param precisions to score in, each once
   * @param memoryBytes for weights in a worker
   * @param race whether beaten candidates are dropped early
   * @param predictions whether each record's predictions are written
   */
  record Scoring(
      int batchSize,
      Set<WeightKind> weights,
      List<Precision> precisions,
      long memoryBytes,
      boolean race,
      boolean predictions) {
    Scoring {
      if (race && predictions) {
        throw new UsageException(
            "--predictions covers every record, and --race leaves some unscored; leave one of them out");
      }
      require(
          batchSize >= 1 && batchSize <= LARGEST_BATCH, "batchSize", batchSize, "1 to 1024 images");
    }
  }

  EvaluateRequest {
    require(!split.isBlank(), "split", split, "a split such as val");
    if (views.inputSize != 0) {
      requireBufferSize(scoring.batchSize, views.inputSize, Byte.BYTES);
    }
  }

  /** A batch of images is one buffer, whose size is an int in Java. */
  private static void requireBufferSize(int batchSize, int inputSize, int sampleBytes) {
    int most = Integer.MAX_VALUE / (3 * inputSize * inputSize * sampleBytes);
    if (batchSize > most) {
      throw new UsageException(
          "--batchSize=%d is too large for --inputSize=%d; a batch is at most %d bytes, %d images of that size: lower one of them"
              .formatted(batchSize, inputSize, Integer.MAX_VALUE, most));
    }
  }

  /** Throws {@link UsageException} for a missing or invalid flag. */
  static EvaluateRequest of(EvaluateOptions options) {
    List<String> checkpoints = CheckpointFiles.paths(options.getCheckpoints());
    return new EvaluateRequest(
        Launch.place("data", options.getData()),
        options.getSplit(),
        checkpoints,
        Launch.place("output", options.getOutput()),
        new Views(
            options.getInputSize(),
            options.getCropFraction(),
            interpolation(options.getInterpolation()),
            ModuleFlags.of(options)),
        new Scoring(
            options.getBatchSize(),
            weights(options.getWeights()),
            precisions(options.getPrecision()),
            memoryBytes(options.getModelMemory()),
            options.isRace(),
            options.isPredictions()),
        options.isOverwrite());
  }

  /** Empty for each checkpoint's own. */
  private static Optional<Interpolation> interpolation(String text) {
    return text.equals("checkpoint")
        ? Optional.empty()
        : Optional.of(NetworkFlags.interpolation(text, Interpolation.titles() + " or checkpoint"));
  }

  private static Set<WeightKind> weights(String text) {
    Set<WeightKind> kinds = EnumSet.allOf(WeightKind.class);
    kinds.removeIf(kind -> !text.equals(ALL) && !text.equals(kind.title()));
    require(!kinds.isEmpty(), "weights", text, "raw, ema or all");
    return kinds;
  }

  private static List<Precision> precisions(String text) {
    return Arrays.stream(text.split(",")).map(NetworkFlags::precision).distinct().sorted().toList();
  }

  private static long memoryBytes(String text) {
    try {
      return MemorySize.parse(text).getBytes();
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--modelMemory=" + text + " is invalid; expected a size such as 512mb or 16gb");
    }
  }

  /**
   * A file's own view, with the flags' overrides.
   *
   * @throws UsageException if a batch of the file's input is too large for one buffer
   */
  ValidationView view(ModelInfo file) {
    ValidationView view = views.of(file.preprocessing());
    requireBufferSize(scoring.batchSize, view.inputSize(), file.sampleBytes());
    return view;
  }
}
