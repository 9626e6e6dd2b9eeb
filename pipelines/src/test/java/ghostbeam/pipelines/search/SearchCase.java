package ghostbeam.pipelines.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.pipelines.Main;
import ghostbeam.pipelines.NoisePicture;
import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.CommandLine;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Searches among networks of some thousand multiply-adds, on noise of three greys. */
final class SearchCase {
  static final List<String> CLASSES = List.of("dark", "grey", "light");
  private static final int IMAGES_PER_CLASS = 8;
  private static final int SIDE = 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private SearchCase() {}

  /** Writes a dataset to the folder's {@code data}. */
  static void makeDataset(Path root) throws IOException {
    NoisePicture.writeFolders(root.resolve("images"), CLASSES, IMAGES_PER_CLASS, SIDE);
    for (String split : List.of("train", "val")) {
      PreprocessPipeline.run(
          PipelineOptionsFactory.fromArgs(
                  "--runner=DirectRunner",
                  "--input=" + root.resolve("images"),
                  "--output=" + root.resolve("data"),
                  "--split=" + split,
                  "--shards=2")
              .as(PreprocessOptions.class),
          new PrintStream(OutputStream.nullOutputStream(), true));
    }
  }

  /** The flags of a small search of two steps. */
  static List<String> flags(String data, Path output) {
    return List.of(
        "--data=" + data,
        "--output=" + output,
        "--layers=1,1,1,1,1,1",
        "--channels=8,8,8,8,8,8",
        "--inputSize=" + SIDE,
        "--multiplyAdds=500000",
        "--proxyClasses=2",
        "--proxyImages=4",
        "--uniform",
        "--epochs=1",
        "--batchSize=4",
        "--lrMax=0.1",
        "--cropScale=0.5");
  }

  /** The options of a search; flags replace those of the same name. */
  static SearchOptions options(List<String> flags, String... more) {
    List<String> words = new ArrayList<>(flags);
    for (String flag : more) {
      words.removeIf(word -> word.startsWith(flag.replaceFirst("=.*", "") + "="));
      words.add(flag);
    }
    return CommandLine.parse(Command.named("search", Main.COMMANDS), words).as(SearchOptions.class);
  }

  /** Searches and returns the output. */
  static String run(SearchOptions options) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    SearchJob.run(options, new PrintStream(printed, true, StandardCharsets.UTF_8));
    return printed.toString(StandardCharsets.UTF_8);
  }

  static JsonNode report(Path output) throws IOException {
    return JSON.readTree(output.resolve("search.json").toFile());
  }

  /** A report without its command line, which names its folder. */
  static JsonNode digits(Path output) throws IOException {
    return ((ObjectNode) report(output)).without("train");
  }
}
