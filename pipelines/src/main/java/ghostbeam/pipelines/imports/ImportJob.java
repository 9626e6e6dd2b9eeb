package ghostbeam.pipelines.imports;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.TensorFile;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Outline;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.Weights;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.transforms.storage.BeamStorage;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Imports weights trained by other programs as a checkpoint. */
public final class ImportJob {
  private static final int FEWEST_CLASSES = 2;

  private ImportJob() {}

  /**
   * Imports one file.
   *
   * @throws UsageException for an invalid flag
   * @throws IOException if the file to write exists, or the one to read is unreadable or does not
   *     hold the network's tensors; one message lists all differences
   */
  public static void run(ImportOptions options, PrintStream out) throws IOException {
    Launch.prepare(options);
    Storage storage = BeamStorage.INSTANCE;
    String from = Launch.absolute(options.getFrom());
    String to = Launch.absolute(options.getTo());
    if (!to.endsWith(Checkpoint.SUFFIX) || to.equals(from)) {
      throw new UsageException("--to must differ from --from and end in .safetensors");
    }
    Architecture shape =
        UsageException.ofFlags(() -> NetworkFlags.architecture(options, FEWEST_CLASSES));
    if (storage.exists(to) && !options.isOverwrite()) {
      throw new IOException(to + " already exists; choose another --to or add --overwrite");
    }
    WeightKind kind = kind(options.getWeights());
    TensorFile file = TensorFile.read(storage, from, kind);
    Architecture architecture =
        shape.withClasses(Math.max(FEWEST_CLASSES, file.classes().orElse(FEWEST_CLASSES)));
    Weights weights = weights(file, from, architecture);
    List<String> classes = classes(storage, options.getData(), architecture.classes());
    ValidationView view = view(options, file, architecture);
    CheckpointInfo info =
        new CheckpointInfo(architecture, kind, CheckpointInfo.Training.NONE, classes, view);
    Checkpoint.write(storage, to, info, weights);
    out.printf(
        Locale.ROOT,
        "%s: %s for %d classes, %,d parameters, to be scored at %d×%d with %s's bicubic%n",
        to,
        architecture.name(),
        architecture.classes(),
        Outline.of(architecture).trainableParameters(),
        view.inputSize(),
        view.inputSize(),
        view.interpolation().title());
    if (options.getData().isEmpty()) {
      out.println(
          "Its classes are named by their numbers; evaluate matches them by position on data with as many classes");
    }
  }

  /** The weights; names the presets that the file would fit if it does not fit this network. */
  private static Weights weights(TensorFile file, String from, Architecture architecture)
      throws IOException {
    try {
      return file.weights(architecture);
    } catch (IOException e) {
      List<String> fitting =
          Arrays.stream(Preset.values())
              .filter(preset -> file.fits(preset.architecture(architecture.classes())))
              .map(Preset::title)
              .toList();
      if (fitting.isEmpty()) {
        throw e;
      }
      throw new IOException(
          "%s holds the tensors of %s, not of %s; give --preset=%s"
              .formatted(from, String.join(" or ", fitting), architecture.name(), fitting.get(0)),
          e);
    }
  }

  private static WeightKind kind(String text) {
    return WeightKind.named(text)
        .orElseThrow(
            () -> new UsageException("--weights=" + text + " is invalid; expected raw or ema"));
  }

  private static ValidationView view(
      ImportOptions options, TensorFile file, Architecture architecture) {
    try {
      return new ValidationView(
          architecture.inputSize(), options.getCropFraction(), file.interpolation(architecture));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--cropFraction: " + e.getMessage());
    }
  }

  private static List<String> classes(Storage storage, String data, int count) throws IOException {
    if (data.isEmpty()) {
      return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
    String folder = Launch.absolute(data);
    DatasetFolder val = new DatasetFolder(storage, folder, "val");
    DatasetFolder dataset = val.isFinished() ? val : new DatasetFolder(storage, folder, "train");
    List<String> classes = dataset.manifest().classes();
    if (classes.size() != count) {
      throw new IOException(
          "the weights are for %d classes, the dataset %s has %d"
              .formatted(count, data, classes.size()));
    }
    return classes;
  }
}
