package ghostbeam.pipelines.average;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo.Average;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.evaluate.CheckpointFiles;
import ghostbeam.pipelines.evaluate.EvaluateOptions;
import ghostbeam.pipelines.evaluate.ExactScores;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.transforms.storage.BeamStorage;
import ghostbeam.transforms.storage.RunLock;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Averages the weights of checkpoints: of all, or of those that improve Top-1 on a dataset. */
public final class AverageJob {
  private static final Storage STORAGE = BeamStorage.INSTANCE;

  private AverageJob() {}

  /**
   * Writes the mean and prints which checkpoints it averages.
   *
   * @throws UsageException for a missing or invalid flag
   * @throws IOException if the file to write exists, or checkpoints are missing, damaged, fewer
   *     than two, or incompatible with each other or the data
   */
  public static void run(AverageOptions options, PrintStream out) throws IOException {
    requireFlags(options);
    Launch.prepare(options);
    String to = Launch.absolute(options.getTo());
    RunLock.holding(to + ".lock", () -> average(options, to, out));
  }

  private static void requireFlags(AverageOptions options) {
    if (options.getTo() == null || !options.getTo().endsWith(Checkpoint.SUFFIX)) {
      throw new UsageException("--to must name the file to write, ending in .safetensors");
    }
    boolean data = options.getData() != null && !options.getData().isBlank();
    if (options.isGreedy() != data) {
      throw new UsageException(
          data
              ? "--data is used only by --greedy: leave it out, or give --greedy, too"
              : "--greedy needs --data, the dataset to choose checkpoints on");
    }
    if (!options.isGreedy() && Launch.isSet(options, "split")) {
      throw new UsageException(
          "--split is used only by --greedy: leave it out, or give --greedy and --data, too");
    }
  }

  private static void average(AverageOptions options, String to, PrintStream out)
      throws IOException {
    if (STORAGE.exists(to)) {
      throw new IOException(to + " already exists; choose another --to");
    }
    List<Part> parts = Part.read(STORAGE, CheckpointFiles.find(STORAGE, options.getCheckpoints()));
    if (options.isGreedy()) {
      averageGreedily(options, parts, to, out);
      return;
    }
    Mean mean = Mean.of(STORAGE, parts.get(0));
    for (Part part : parts.subList(1, parts.size())) {
      mean = mean.plus(STORAGE, part);
    }
    mean.write(STORAGE, to, null);
    out.printf("%s: the mean of %s%n", to, names(mean));
  }

  private static void averageGreedily(
      AverageOptions options, List<Part> parts, String to, PrintStream out) throws IOException {
    String scratch = to.substring(0, to.length() - Checkpoint.SUFFIX.length()) + ".tried";
    if (!STORAGE.list(scratch).isEmpty()) {
      throw new IOException(
          scratch
              + "/ has files, probably of a run that was killed; delete it, or choose another --to");
    }
    EvaluateOptions evaluation = options.as(EvaluateOptions.class);
    evaluation.setOutput(scratch);
    try (ExactScores scores = new ExactScores(evaluation)) {
      Greedy.Choice choice = new Greedy(STORAGE, scores, scratch, out).choose(parts);
      Manifest data = scores.manifest();
      choice
          .mean()
          .write(
              STORAGE,
              to,
              new Average.Split(data.digest(), data.split(), choice.correct(), data.records()));
      out.printf(
          "%s: the mean of %s; %d of %d right on the images it was chosen on, so evaluate it on others%n",
          to, names(choice.mean()), choice.correct(), data.records());
    } finally {
      clear(scratch);
    }
  }

  private static String names(Mean mean) {
    return String.join(", ", mean.parts().stream().map(Part::name).toList());
  }

  /** Deletes the means tried, and on a local disk the folders left empty. */
  private static void clear(String scratch) throws IOException {
    TreeSet<String> folders = new TreeSet<>(Comparator.reverseOrder());
    for (Storage.Entry entry : STORAGE.list(scratch)) {
      STORAGE.delete(entry.path());
      String folder = entry.path();
      while (folder.length() > scratch.length()) {
        folder = folder.substring(0, folder.lastIndexOf('/'));
        folders.add(folder);
      }
    }
    for (String folder : folders) {
      STORAGE.delete(folder);
    }
  }
}
