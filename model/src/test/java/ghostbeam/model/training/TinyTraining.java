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
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.step.AmpLevel;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A training of a few steps on noise, and what it leaves. */
final class TinyTraining {
  static final int IMAGES = 18;
  private static final int SIDE = 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Two epochs of four batches of four, two images left out. */
  static final Recipe RECIPE = of(network(2));

  private TinyTraining() {}

  static Recipe of(Architecture network) {
    return new Recipe(
        network,
        2,
        4,
        1,
        false,
        "momentum",
        1e-8,
        0.9,
        1e-3,
        "cosine",
        0.01,
        0.05,
        1e-4,
        1e-3,
        1,
        1,
        0.5,
        0.1,
        0,
        0,
        0.8,
        AmpLevel.O0,
        128,
        false,
        0,
        0.5,
        1,
        Interpolation.PILLOW,
        true,
        1,
        9,
        1,
        "",
        1);
  }

  static Architecture network(int classes) {
    List<Integer> ones = Collections.nCopies(6, 1);
    return BigNet.of("custom", ones, Collections.nCopies(6, 8), false, SIDE, classes);
  }

  /** The recipe with one field changed, by its name and JSON value. */
  static Recipe with(Recipe recipe, String field, String value) {
    try {
      ObjectNode node = (ObjectNode) JSON.readTree(recipe.toJson());
      node.set(field, JSON.readTree(value));
      return JSON.treeToValue(node, Recipe.class);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static void writeData(Path folder) throws IOException {
    for (String split : List.of("train", "val")) {
      String file = DatasetFolder.shard(split, 0, 1);
      String path = folder.resolve(file).toString();
      try (ShardWriter writer = new ShardWriter(Storage.local().create(path))) {
        Random random = new Random(split.length());
        for (int i = 0; i < IMAGES; i++) {
          byte[] rgb = new byte[SIDE * SIDE * 3];
          random.nextBytes(rgb);
          writer.write(
              new Example(rgb, "RAW", SIDE, SIDE, 3, "RGB", i % 2, "ab".substring(i % 2), i + ""));
        }
        Files.write(folder.resolve(DatasetFolder.index(file)), writer.index());
        new Manifest(
                Manifest.FORMAT,
                split,
                IMAGES,
                List.of("a", "b"),
                List.of(IMAGES / 2L, IMAGES / 2L),
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

  static void run(Storage storage, Path data, Path output, Recipe recipe, boolean resume)
      throws IOException, InterruptedException {
    String from = data.toString();
    TrainingJob job = new TrainingJob(recipe, from, from, output.toString(), 2, 1, resume);
    Trainer.run(storage, job, Collective.alone());
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
