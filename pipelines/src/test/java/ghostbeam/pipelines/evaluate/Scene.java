package ghostbeam.pipelines.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.Weights;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** A small world on disk: JPEG images, datasets made of them, checkpoints of tiny networks. */
final class Scene {
  static final List<String> CLASSES = List.of("n01", "n02", "n03", "n04", "n05", "n06", "n07");
  private static final int IMAGES_PER_CLASS = 9;
  static final int RECORDS = CLASSES.size() * IMAGES_PER_CLASS;

  private final Path root;

  Scene(Path root) {
    this.root = root;
  }

  /** Images and a dataset of this many shards. */
  static Scene ofData(Path root, int shards) throws IOException {
    Scene scene = new Scene(root);
    scene.images("images", CLASSES);
    scene.dataset("data", "images", shards);
    return scene;
  }

  /** Images, a dataset of three shards and four checkpoints of three networks. */
  static Scene ofFourCheckpoints(Path root) throws IOException {
    Scene scene = ofData(root, 3);
    scene.trained("epoch-0001", 1, WeightKind.RAW, Interpolation.OPENCV);
    scene.trained("epoch-0002", 2, WeightKind.RAW, Interpolation.PILLOW);
    scene.trained("epoch-0002.ema", 3, WeightKind.EMA, Interpolation.PILLOW);
    Files.copy(
        scene.path("run/checkpoints/epoch-0002.safetensors"),
        scene.path("run/checkpoints/best.safetensors"));
    Files.createDirectories(scene.path("run/state"));
    Files.writeString(scene.path("run/state/optimizer.safetensors"), "no checkpoint");
    return scene;
  }

  private void trained(String name, long seed, WeightKind weights, Interpolation interpolation)
      throws IOException {
    checkpoint("run/checkpoints/" + name + ".safetensors", seed, weights, CLASSES, interpolation);
  }

  Path path(String name) {
    return root.resolve(name);
  }

  /** Several, by comma. */
  String paths(String... names) {
    return Arrays.stream(names).map(name -> path(name).toString()).collect(Collectors.joining(","));
  }

  /** Random blobs, so that networks of random weights disagree about them. */
  void images(String name, List<String> classes) throws IOException {
    Random random = new Random(5);
    for (String synset : classes) {
      Path folder = Files.createDirectories(path(name).resolve(synset));
      for (int i = 0; i < IMAGES_PER_CLASS; i++) {
        Files.write(folder.resolve("image" + i + ".JPEG"), blobs(random));
      }
    }
  }

  /** A small JPEG of coloured squares. */
  static byte[] blobs(Random random) {
    int width = 32 + random.nextInt(24);
    int height = 32 + random.nextInt(24);
    byte[] rgb = new byte[width * height * 3];
    int coarse = 1 + random.nextInt(12);
    int salt = random.nextInt();
    for (int p = 0; p < rgb.length; p++) {
      int x = p / 3 % width / coarse;
      int y = p / 3 / width / coarse;
      rgb[p] = (byte) new Random(salt + 31L * x + 1009L * y + p % 3).nextInt(256);
    }
    return Codec.best().encodeJpeg(new Pixels(width, height, rgb), 95);
  }

  void dataset(String name, String images, int shards) throws IOException {
    dataset(name, images, shards, "original");
  }

  /** Of images of one size, so that all records have one length. */
  void rawDataset(String name, int shards) throws IOException {
    rawDataset(name, 9, shards);
  }

  void rawDataset(String name, long seed, int shards) throws IOException {
    Random random = new Random(seed);
    for (String synset : CLASSES) {
      Path folder = Files.createDirectories(path(name + "-images").resolve(synset));
      for (int i = 0; i < IMAGES_PER_CLASS; i++) {
        byte[] rgb = new byte[32 * 32 * 3];
        random.nextBytes(rgb);
        Files.write(
            folder.resolve("image" + i + ".JPEG"),
            Codec.best().encodeJpeg(new Pixels(32, 32, rgb), 95));
      }
    }
    dataset(name, name + "-images", shards, "raw");
  }

  private void dataset(String name, String images, int shards, String encoding) throws IOException {
    PreprocessOptions options =
        PipelineOptionsFactory.fromArgs(
                "--runner=DirectRunner",
                "--targetParallelism=1", // or a thread watches the other, as busy as it
                "--input=" + path(images),
                "--output=" + path(name),
                "--split=val",
                "--encoding=" + encoding,
                "--shards=" + shards)
            .as(PreprocessOptions.class);
    PreprocessPipeline.run(options, new PrintStream(OutputStream.nullOutputStream(), true));
  }

  void checkpoint(
      String file, long seed, WeightKind weights, List<String> classes, Interpolation interpolation)
      throws IOException {
    Architecture architecture = tiny(classes.size());
    CheckpointInfo info =
        new CheckpointInfo(
            architecture,
            weights,
            new CheckpointInfo.Training((int) seed, 100 * seed, "", ""),
            classes,
            new ValidationView(32, 0.875, interpolation));
    Checkpoint.write(
        Storage.local(), path(file).toString(), info, architecture.initialWeights(seed));
  }

  void checkpointOfNaNs(String file) throws IOException {
    Architecture architecture = tiny(CLASSES.size());
    Weights weights = architecture.initialWeights(1);
    weights.get("classifier.bias")[0] = Float.NaN;
    ValidationView view = new ValidationView(32, 0.875, Interpolation.PILLOW);
    CheckpointInfo info =
        new CheckpointInfo(
            architecture, WeightKind.RAW, new CheckpointInfo.Training(9, 9, "", ""), CLASSES, view);
    Checkpoint.write(Storage.local(), path(file).toString(), info, weights);
  }

  static Architecture tiny(int classes) {
    List<Integer> ones = List.of(1, 1, 1, 1, 1, 1);
    List<Integer> eights = List.of(8, 8, 8, 8, 8, 8);
    return BigNet.of(ones, eights, false).named("tiny").withInputSize(32).withClasses(classes);
  }

  /** Runs evaluate with the flags and gives what it printed. */
  String evaluate(String... flags) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(Arrays.asList(flags));
    if (all.stream().noneMatch(flag -> flag.startsWith("--runner"))) {
      all.add("--runner=DirectRunner");
      if (all.stream().noneMatch(flag -> flag.startsWith("--targetParallelism"))) {
        all.add("--targetParallelism=1");
      }
    }
    EvaluateOptions options =
        PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).as(EvaluateOptions.class);
    EvaluatePipeline.run(options, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Evaluates run/ on data/ into a folder, unless flags say otherwise. */
  String evaluateRun(String output, String... flags) throws IOException {
    Map<String, String> byName = new LinkedHashMap<>();
    byName.put("--data", "--data=" + path("data"));
    byName.put("--checkpoints", "--checkpoints=" + path("run"));
    byName.put("--output", "--output=" + path(output));
    for (String flag : flags) {
      byName.put(flag.replaceFirst("=.*", ""), flag);
    }
    return evaluate(byName.values().toArray(String[]::new));
  }

  /** The report.json of a folder. */
  JsonNode report(String output) throws IOException {
    return new ObjectMapper().readTree(path(output).resolve("report.json").toFile());
  }

  /** The row of a checkpoint in a folder's report. */
  JsonNode row(String output, String name) throws IOException {
    return row(report(output).get("checkpoints"), name);
  }

  static JsonNode row(JsonNode rows, String name) {
    for (JsonNode row : rows) {
      if (row.get("name").asText().equals(name)) {
        return row;
      }
    }
    throw new AssertionError("no row " + name + " in " + rows);
  }

  /** How many records a dataset has. */
  long records(String name) throws IOException {
    return Manifest.read(Storage.local(), path(name).toString(), "val").records();
  }

  /** Every file of a folder with its bytes as hex, in order of names. */
  String contents(String folder) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Storage.Entry entry : Storage.local().list(path(folder).toString())) {
      text.append(path(folder).relativize(Path.of(entry.path()))).append('\n');
      text.append(Files.readString(Path.of(entry.path()), StandardCharsets.ISO_8859_1))
          .append('\n');
    }
    return text.toString();
  }
}
