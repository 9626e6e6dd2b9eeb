package ghostbeam.model.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.recipe.Augmentations;
import ghostbeam.model.recipe.Batching;
import ghostbeam.model.recipe.Bookkeeping;
import ghostbeam.model.recipe.LearningRate;
import ghostbeam.model.recipe.Optimization;
import ghostbeam.model.recipe.OptimizerChoice;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import ghostbeam.model.recipe.Views;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensorboard.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Training for a few steps on noise, and its output. */
final class TinyTraining {
  static final int IMAGES = 18;
  private static final int SIDE = 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Two epochs of four batches of four, with two images left out. */
  static final TrainingSpec SPEC = of(network(2));

  /** Logs, checkpoints and states as often as possible. */
  static final Bookkeeping BOOKKEEPING = new Bookkeeping(1, 9, 1, 1);

  private TinyTraining() {}

  static TrainingSpec of(Architecture network) {
    Recipe recipe =
        Recipe.ORIGINAL
            .with(Batching::batchSize, 4)
            .with(Optimization::opt, OptimizerChoice.MOMENTUM)
            .with(Optimization::weightDecay, 1e-3)
            .with(LearningRate::epochs, 2)
            .with(LearningRate::lrMax, 0.05)
            .with(LearningRate::lrEnd, 1e-4)
            .with(LearningRate::warmupEpochs, 1)
            .with(LearningRate.Stepped::warmupLr, 1e-3)
            .with(LearningRate.Stepped::decayEpochs, 1.0)
            .with(LearningRate.Stepped::decayRate, 0.5)
            .with(Regularization::emaDecay, 0.8)
            .with(Augmentations::colorJitter, 0.0)
            .with(Views::cropScale, 0.5)
            .with(Views::cropFraction, 1.0)
            .with(Views::interpolation, Interpolation.PILLOW);
    return new TrainingSpec(network, recipe, "");
  }

  static Architecture network(int classes) {
    List<Integer> ones = Collections.nCopies(6, 1);
    return BigNet.of(ones, Collections.nCopies(6, 8), false)
        .withInputSize(SIDE)
        .withClasses(classes);
  }

  /** The spec with one setting changed, given by its name and JSON value. */
  static TrainingSpec with(TrainingSpec spec, String setting, String value) {
    ObjectNode tree = JSON.valueToTree(spec);
    try {
      tree.findParent(setting).set(setting, JSON.readTree(value));
      return JSON.treeToValue(tree, TrainingSpec.class);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static void writeData(Path folder) throws IOException {
    writeData(folder, -1);
  }

  /** The same, except that one record of each split is too short to be an image. */
  static void writeData(Path folder, int cut) throws IOException {
    for (String split : List.of("train", "val")) {
      String file = DatasetFolder.shard(split, 0, 1);
      String path = folder.resolve(file).toString();
      try (ShardWriter writer = new ShardWriter(Storage.local().create(path))) {
        Random random = new Random(split.length());
        for (int i = 0; i < IMAGES; i++) {
          byte[] rgb = new byte[SIDE * SIDE * 3];
          random.nextBytes(rgb);
          byte[] kept = i == cut ? new byte[5] : rgb;
          writer.write(
              new Example(
                  kept, "RAW", SIDE, SIDE, 3, "RGB", i % 2, "ab".substring(i % 2), i + "", "", ""));
        }
        Files.write(folder.resolve(DatasetFolder.index(file)), writer.index());
        new Manifest(
                Manifest.FORMAT,
                split,
                IMAGES,
                List.of("a", "b"),
                List.of(IMAGES / 2L, IMAGES / 2L),
                Manifest.ORDINARY_LABELS,
                1,
                new Manifest.Settings("raw", 0, 95, "none"),
                new Manifest.Source("noise", IMAGES, "sha256:00"),
                List.of(Manifest.Shard.of(file, writer)),
                0,
                "")
            .withDigest()
            .write(Storage.local(), folder.toString());
      }
    }
  }

  static void run(Storage storage, Path data, Path output, TrainingSpec spec, boolean resume)
      throws IOException, InterruptedException {
    run(storage, job(spec, data, output).withCores(2).withResume(resume));
  }

  static void run(Storage storage, TrainingJob job) throws IOException, InterruptedException {
    Trainer.run(storage, job, Collective.alone());
  }

  /** A job of one core. */
  static TrainingJob job(TrainingSpec spec, Path data, Path output) {
    return TrainingJob.of(spec, data.toString(), output.toString()).with(BOOKKEEPING);
  }

  static Checkpoint checkpoint(Path output, String name) throws IOException {
    String path = output.resolve("checkpoints/" + name + ".safetensors").toString();
    return Checkpoint.read(Storage.local(), path);
  }

  /** Names of the checkpoints, in order, without endings. */
  static List<String> checkpoints(Path output) throws IOException {
    try (Stream<Path> files = Files.list(output.resolve("checkpoints"))) {
      return files
          .map(file -> file.getFileName().toString().replace(".safetensors", ""))
          .sorted()
          .toList();
    }
  }

  /** TensorBoard's events, without speeds. */
  static List<String> events(Path output) throws IOException {
    return Events.values(output).stream()
        .filter(value -> !value.contains("train/images_per_second"))
        .toList();
  }

  /** The log's lines, of steps or of epochs. */
  static List<JsonNode> log(Path output, boolean epochs) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(output.resolve("training.jsonl"))) {
      JsonNode node = JSON.readTree(line);
      if (node.has("top1") == epochs) {
        lines.add(node);
      }
    }
    return lines;
  }
}
