package ghostbeam.pipelines.train;

import ghostbeam.pipelines.NoisePicture;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A tiny training of bright and dark images, begun as {@code train} begins it. */
abstract class TrainCase {
  static final int SIDE = 32;

  static final String[] TINY = {
    "--layers=1,1,1,1,1,1",
    "--channels=8,8,8,8,8,8",
    "--inputSize=32",
    "--batchSize=8",
    "--epochs=8",
    "--warmupEpochs=1",
    "--opt=momentum",
    "--lrMax=0.05",
    "--emaDecay=0.8",
    "--colorJitter=0",
    "--ckptSaveEpoch=1",
    "--keepCheckpoints=2",
    "--perPrintTimes=3",
  };

  @TempDir static Path root;

  final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeAll
  static void prepare() throws IOException {
    makeDataset(root);
  }

  /**
   * Bright and dark images, 52 to learn from and 20 to validate on, as a dataset in {@code data}.
   */
  static void makeDataset(Path root) throws IOException {
    List<String> classes = List.of("bright", "dark");
    for (String split : List.of("train", "val")) {
      int images = split.equals("train") ? 26 : 10;
      for (int i = 0; i < images * 2; i++) {
        Path folder = root.resolve("images/" + split + "/" + classes.get(i % 2));
        Files.createDirectories(folder);
        Files.write(
            folder.resolve(split + i + ".JPEG"), NoisePicture.jpeg(SIDE, i, i % 2 == 0 ? 160 : 0));
      }
      preprocess(root.resolve("images"), split, root.resolve("data"));
    }
  }

  static void preprocess(Path input, String split, Path output) throws IOException {
    PreprocessPipeline.run(
        options(
            PreprocessOptions.class,
            "--input=" + input,
            "--split=" + split,
            "--output=" + output,
            "--runner=DirectRunner"),
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
  }

  void train(String output, String... flags) throws IOException {
    List<String> all = new ArrayList<>(Arrays.asList(flags));
    all.add("--data=" + root.resolve("data"));
    all.add("--output=" + root.resolve(output));
    TrainPipeline.run(
        options(TrainOptions.class, all.toArray(String[]::new)),
        new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  /** The tiny training with flags added or replaced. */
  static String[] with(String... flags) {
    return with(TINY, flags);
  }

  static String[] with(String[] usual, String... flags) {
    List<String> names = Arrays.stream(flags).map(flag -> flag.replaceFirst("=.*", "=")).toList();
    Stream<String> kept =
        Arrays.stream(usual).filter(flag -> names.stream().noneMatch(flag::startsWith));
    return Stream.concat(kept, Arrays.stream(flags)).toArray(String[]::new);
  }

  static <T extends PipelineOptions> T options(Class<T> type, String... flags) {
    return PipelineOptionsFactory.fromArgs(flags).withValidation().as(type);
  }
}
