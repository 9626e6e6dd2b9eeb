package ghostbeam.pipelines.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.network.Outline;
import ghostbeam.pipelines.Main;
import ghostbeam.pipelines.NoisePicture;
import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.CommandLine;
import ghostbeam.pipelines.cli.Help;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.page.Browser;
import ghostbeam.pipelines.preprocess.PreprocessOptions;
import ghostbeam.pipelines.preprocess.PreprocessPipeline;
import ghostbeam.pipelines.train.TrainOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search of two steps among networks of some thousand multiply-adds, on noise of three greys. */
final class SearchJobTest {
  private static final List<String> CLASSES = List.of("dark", "grey", "light");
  private static final int IMAGES_PER_CLASS = 12;
  private static final int SIDE = 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path root;
  private static String said;

  @BeforeAll
  static void search() throws IOException {
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
    said = run("first", "--parallelism=2");
  }

  private static SearchOptions options(String output, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "--data=" + root.resolve("data"),
                "--output=" + root.resolve(output),
                "--layers=1,1,1,1,1,1",
                "--channels=8,8,8,8,8,8",
                "--inputSize=" + SIDE,
                "--multiplyAdds=500000",
                "--proxyClasses=2",
                "--proxyImages=8",
                "--uniform",
                "--epochs=1",
                "--batchSize=8",
                "--lrMax=0.1",
                "--cropScale=0.5"));
    words.addAll(List.of(more));
    return CommandLine.parse(Command.named("search", Main.COMMANDS), words).as(SearchOptions.class);
  }

  private static String run(String output, String... more) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    SearchJob.run(options(output, more), new PrintStream(printed, true, StandardCharsets.UTF_8));
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static JsonNode json(String output) throws IOException {
    return JSON.readTree(root.resolve(output).resolve("search.json").toFile());
  }

  /** All of a report but its command line, which names its folder. */
  private static JsonNode digits(String output) throws IOException {
    return ((ObjectNode) json(output)).without("train");
  }

  private static Iterable<JsonNode> steps(JsonNode report) {
    return report.path("steps");
  }

  @Test
  void eachStepKeepsItsBestAndTheNextGoesOnFromThere() throws IOException {
    JsonNode report = json("first");
    JsonNode from = report.path("start");
    int number = 0;
    for (JsonNode step : steps(report)) {
      assertEquals(++number, step.path("step").asInt());
      List<JsonNode> candidates =
          StreamSupport.stream(step.path("candidates").spliterator(), false).toList();
      assertEquals(13, candidates.size() + step.path("impossible").size(), step.toPrettyString());
      assertTrue(candidates.size() > 4, said);
      JsonNode best = candidates.get(0);
      assertEquals(best.path("name").asText(), step.path("chosen").asText());
      for (JsonNode candidate : candidates) {
        double cost = candidate.path("network").path("multiplyAdds").asDouble();
        double budget = step.path("multiplyAdds").asDouble();
        assertEquals(1, cost / budget, 0.0301, candidate.toString());
        assertTrue(
            candidate.path("top1").path("correct").asLong()
                <= best.path("top1").path("correct").asLong());
        for (int stage = 0; stage < 6; stage++) {
          for (String size : List.of("layers", "channels")) {
            assertTrue(
                candidate.path("network").path(size).get(stage).asInt()
                    >= from.path(size).get(stage).asInt(),
                candidate.toString());
          }
        }
      }
      from = best.path("network");
      assertFalse(step.path("uniform").isMissingNode(), said);
    }
    assertEquals(2, number);
    assertEquals(from, report.path("found"));
    assertEquals(2, report.path("proxy").path("classes").size());
    assertEquals(16, report.path("proxy").path("trainImages").asInt());
    assertEquals(24, report.path("proxy").path("validationImages").asInt());
  }

  @Test
  void theLastLineTrainsWhatWasFound() throws IOException {
    List<String> lines = said.lines().toList();
    List<String> words = List.of(lines.get(lines.size() - 1).split(" "));
    assertEquals(List.of("./run", "train"), words.subList(0, 2));
    TrainOptions options =
        CommandLine.parse(Command.named("train", Main.COMMANDS), words.subList(2, words.size()))
            .as(TrainOptions.class);
    Outline outline = Outline.of(NetworkFlags.architecture(options, CLASSES.size()));
    JsonNode found = json("first").path("found");
    assertEquals(found.path("multiplyAdds").asLong(), outline.multiplyAdds());
    assertEquals(found.path("parameters").asLong(), outline.trainableParameters());
    assertEquals(root.resolve("data").toString(), options.getData());
  }

  /** As after a kill in its last step; what is left to train has one slot of another runner. */
  @Test
  void goesOnWhereItWasAndFindsTheSame() throws IOException {
    Path second = root.resolve("second");
    copy(root.resolve("first"), second);
    Files.delete(second.resolve("search.json"));
    List<Path> kept = new ArrayList<>();
    List<Path> lost = new ArrayList<>();
    for (JsonNode candidate : json("first").path("steps").get(1).path("candidates")) {
      String name = candidate.path("name").asText();
      Path training = second.resolve("step-2").resolve(name);
      Path weights = training.resolve("checkpoints/epoch-0001.safetensors");
      if (name.startsWith("width")) {
        Files.delete(second.resolve("step-2/" + name + ".tally"));
        Files.delete(weights);
        lost.add(weights);
      } else {
        Files.setLastModifiedTime(weights, FileTime.fromMillis(0));
        kept.add(weights);
      }
    }
    String again = run("second", "--runner=DirectRunner", "--targetParallelism=1");

    assertEquals(digits("first"), digits("second"));
    assertEquals(said.replace("/first", "/second"), again);
    assertTrue(lost.size() > 2 && !kept.isEmpty(), lost + ", " + kept);
    for (Path weights : kept) {
      assertEquals(FileTime.fromMillis(0), Files.getLastModifiedTime(weights), weights.toString());
    }
    for (Path weights : lost) {
      Path before = root.resolve("first").resolve(second.relativize(weights));
      assertEquals(-1, Files.mismatch(before, weights), weights.toString());
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(from)) {
      all = files.sorted().toList();
    }
    for (Path file : all) {
      Files.copy(file, to.resolve(from.relativize(file)));
    }
  }

  @Test
  void whatWasAskedForOtherwiseIsAnotherSearch() throws IOException {
    String told = assertThrows(IOException.class, () -> run("first", "--seed=2")).getMessage();
    assertTrue(told.contains("holds a search whose seed is 1, not 2"), told);
  }

  @Test
  void flagsThatCannotBeAreToldInOneLine() {
    for (String flag : List.of("ranks=2", "preset=bignet-1x", "resume")) {
      String told =
          assertThrows(UsageException.class, () -> options("x", "--" + flag)).getMessage();
      assertTrue(told.startsWith("unknown flag --" + flag.replaceFirst("=.*", "")), told);
    }
    refused("--steps=0 cannot be", "--steps=0");
    refused("--proxyClasses=1 cannot be", "--proxyClasses=1");
    refused("--batchSize is at least 2", "--batchSize=1");
    refused("--warmupEpochs is ", "--warmupEpochs=-1");
  }

  private static void refused(String words, String flag) {
    List<String> all =
        new ArrayList<>(List.of("--data=" + root.resolve("data"), "--output=" + root.resolve("x")));
    all.add("--multiplyAdds=1000");
    all.add(flag);
    SearchOptions options =
        CommandLine.parse(Command.named("search", Main.COMMANDS), all).as(SearchOptions.class);
    String told =
        assertThrows(UsageException.class, () -> SearchJob.run(options, System.out)).getMessage();
    assertTrue(told.startsWith(words), told);
  }

  @Test
  void helpSaysTheRecipeThatItHas() {
    String help = Help.of(Command.named("search", Main.COMMANDS)).replaceAll("\\s+", " ");
    SearchRequest.USUAL
        .differences()
        .forEach(
            (name, value) ->
                assertTrue(
                    Pattern.compile(
                            "--%s=<.*?Default: %s[.] Example: --%s=".formatted(name, value, name))
                        .matcher(help)
                        .find(),
                    name + " is " + value));
  }

  @Test
  void oneCheckpointIsLeftOfATrainingAndNothingThatOnlyAWatcherReads() throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve("first"))) {
      assertEquals(
          List.of(),
          files.filter(file -> file.getFileName().toString().startsWith("events")).toList());
    }
    try (Stream<Path> files = Files.walk(root.resolve("first"))) {
      List<String> weights =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".safetensors"))
              .distinct()
              .toList();
      assertEquals(List.of("epoch-0001.safetensors"), weights);
    }
  }

  @Test
  void thePageDrawsItsPath() throws IOException {
    Path page = root.resolve("first/search.html");
    try (Browser browser = Browser.start(Files.createDirectories(root.resolve("profile")))) {
      browser.open(page);
      assertEquals(List.of(), browser.console());
      assertEquals(
          "1", browser.text("document.querySelectorAll('[data-chart] svg').length > 0 ? 1 : 0"));
      assertEquals(2, browser.all("#steps tbody tr").size());
    }
  }
}
