package ghostbeam.pipelines.train;

import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Outline;
import ghostbeam.model.recipe.Batching;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.TrainingFolder;
import ghostbeam.model.training.TrainingJob;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.storage.RunLock;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Sharded records to checkpoints, as one stage with a slot for each rank. */
public final class TrainPipeline {
  private TrainPipeline() {}

  /**
   * Trains and prints where the checkpoints are.
   *
   * @throws ghostbeam.pipelines.cli.UsageException for a missing or invalid flag
   * @throws IOException if data is missing or does not fit, or the output exists, cannot be written
   *     or is being written by another run
   */
  public static void run(TrainOptions options, PrintStream out) throws IOException {
    run(options, out, BeamStorage.INSTANCE);
  }

  static void run(TrainOptions options, PrintStream out, Storage storage) throws IOException {
    GangLaunch.prepare(options);
    TrainingJob job = TrainRequest.job(storage, options);
    if (job.resume() && options.isOverwrite()) {
      throw new UsageException("--resume and --overwrite exclude each other");
    }
    GangLaunch launch = new GangLaunch(options, storage, out);
    RunLock.holding(
        job.folder().lock(),
        () -> {
          makeRoom(storage, job, options.isOverwrite());
          announce(options, job, out);
          long images = Manifest.read(storage, job.data(), "train").records();
          RecipeWarnings.of(
                  job.recipe(), RecipeFlags.base(options), RecipeFlags.given(options), images)
              .forEach(out::println);
          train(launch, job, out);
        },
        () -> launch.stop(job));
  }

  private static void announce(TrainOptions options, TrainingJob job, PrintStream out) {
    Architecture architecture = job.spec().architecture();
    Batching batching = job.recipe().batching();
    out.printf(
        Locale.ROOT,
        "Training %s for %d classes at %d×%d: %,d parameters%s%n",
        architecture.name(),
        architecture.classes(),
        architecture.inputSize(),
        architecture.inputSize(),
        Outline.of(architecture).trainableParameters(),
        batching.ranks() == 1
            ? ""
            : String.format(
                Locale.ROOT,
                "; %d ranks of %d images a step",
                batching.ranks(),
                batching.batchSize()));
    Map<String, String> base = RecipeFlags.fromBase(options);
    if (!base.isEmpty()) {
      out.println("As " + options.getRecipe().source() + ": " + words(base));
      int ranks = RecipeFlags.base(options).batching().ranks();
      if (ranks > batching.ranks()) {
        out.printf("That was for --ranks=%d; with fewer, lower --lrMax%n", ranks);
      }
    }
  }

  private static void train(GangLaunch launch, TrainingJob job, PrintStream out)
      throws IOException {
    long start = System.nanoTime();
    // Any state found now is one to resume from, or this run's own after a restart by the cluster.
    launch.run(job.withResume(true));
    int epochs = job.recipe().learningRate().epochs();
    out.printf(
        Locale.ROOT,
        "Trained %d %s in %.0f s; checkpoints are in %s%n",
        epochs,
        epochs == 1 ? "epoch" : "epochs",
        (System.nanoTime() - start) / 1e9,
        job.folder().checkpoints());
  }

  private static String words(Map<String, String> flags) {
    return flags.entrySet().stream()
        .map(flag -> "--" + flag.getKey() + "=" + flag.getValue())
        .collect(Collectors.joining(" "));
  }

  /** Rejects an output that holds a training, or deletes that training, unless it is resumed. */
  private static void makeRoom(Storage storage, TrainingJob job, boolean overwrite)
      throws IOException {
    TrainingFolder folder = job.folder();
    boolean resumes =
        job.resume()
            && (storage.exists(folder.state()) || storage.list(folder.checkpoints()).isEmpty());
    if (resumes || !folder.holdsTraining(storage)) {
      return;
    }
    if (job.resume()) {
      throw new IOException(
          job.output()
              + " holds checkpoints but no "
              + TrainingFolder.STATE
              + " to resume from; replace them with --overwrite");
    }
    if (!overwrite) {
      throw new IOException(
          job.output()
              + " already holds a training; choose another --output, continue it with --resume or replace"
              + " it with --overwrite");
    }
    folder.clear(storage);
  }
}
