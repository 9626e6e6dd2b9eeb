package ghostbeam.pipelines.average;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.NoisePicture;
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
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A small dataset, a training's checkpoints of a tiny network, and {@code average} run on them. */
abstract class AverageCase {
  static final List<String> CLASSES = List.of("dark", "grey", "light");
  private static final int IMAGES_PER_CLASS = 12;
  private static final int SIDE = 32;
  static final Architecture NETWORK = network(8);
  static final Storage STORAGE = Storage.local();

  @TempDir static Path folder;

  @BeforeAll
  static void build() throws IOException {
    NoisePicture.writeFolders(folder.resolve("images"), CLASSES, IMAGES_PER_CLASS, SIDE);
    PreprocessOptions options =
        PipelineOptionsFactory.fromArgs(
                "--runner=DirectRunner",
                "--input=" + folder.resolve("images"),
                "--output=" + folder.resolve("data"),
                "--split=val",
                "--shards=1")
            .as(PreprocessOptions.class);
    PreprocessPipeline.run(options, new PrintStream(OutputStream.nullOutputStream(), true));
    for (int seed = 1; seed <= 3; seed++) {
      write("run/checkpoints/epoch-000" + seed, NETWORK, CLASSES, seed);
    }
    Files.copy(path("run/checkpoints/epoch-0003"), path("run/checkpoints/best"));
  }

  static Architecture network(int width) {
    return BigNet.of(Collections.nCopies(6, 1), Collections.nCopies(6, width), false)
        .named("tiny")
        .withInputSize(SIDE)
        .withClasses(3);
  }

  static Path path(String name) {
    return folder.resolve(name + ".safetensors");
  }

  static void write(String name, Architecture network, List<String> classes, int seed)
      throws IOException {
    CheckpointInfo info =
        new CheckpointInfo(
            network,
            WeightKind.EMA,
            new CheckpointInfo.Training(seed, 10L * seed, "sha256:data", "{\"seed\":" + seed + "}"),
            classes,
            new ValidationView(SIDE, 1, Interpolation.TORCHVISION));
    Checkpoint.write(STORAGE, path(name).toString(), info, network.initialWeights(seed));
  }

  static String run(String... flags) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--runner=DirectRunner");
    AverageOptions options =
        PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).as(AverageOptions.class);
    AverageJob.run(options, new PrintStream(printed, true, StandardCharsets.UTF_8));
    return printed.toString(StandardCharsets.UTF_8);
  }

  static Checkpoint read(String name) throws IOException {
    return Checkpoint.read(STORAGE, path(name).toString());
  }

  static String files(int... seeds) {
    StringBuilder files = new StringBuilder("--checkpoints=");
    for (int seed : seeds) {
      files.append(path("run/checkpoints/epoch-000" + seed)).append(',');
    }
    return files.toString();
  }

  static String to(String name) {
    return "--to=" + path(name);
  }

  static String digest(int seed) throws IOException {
    return read("run/checkpoints/epoch-000" + seed).digest();
  }
}
