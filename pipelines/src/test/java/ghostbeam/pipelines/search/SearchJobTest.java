package ghostbeam.pipelines.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.network.Outline;
import ghostbeam.pipelines.Main;
import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.CommandLine;
import ghostbeam.pipelines.cli.Help;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.cli.Words;
import ghostbeam.pipelines.page.Browser;
import ghostbeam.pipelines.train.TrainOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One search of two steps; most tests look at what it left, or run a copy of it again. */
final class SearchJobTest {
  @TempDir static Path root;
  private static String said;

  @BeforeAll
  static void search() throws IOException {
    SearchCase.makeDataset(root);
    said = run("first", "--parallelism=2");
  }

  private static SearchOptions options(String output, String... more) {
    return SearchCase.options(
        SearchCase.flags(root.resolve("data").toString(), root.resolve(output)), more);
  }

  private static String run(String output, String... more) throws IOException {
    return SearchCase.run(options(output, more));
  }

  private static JsonNode report(String output) throws IOException {
    return SearchCase.report(root.resolve(output));
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  @Test
  void eachStepKeepsItsBestAndTheNextEnlargesIt() throws IOException {
    JsonNode report = report("first");
    JsonNode from = report.path("start");
    int number = 0;
    for (JsonNode step : report.path("steps")) {
      assertEquals(++number, step.path("step").asInt());
      List<JsonNode> candidates = list(step.path("candidates"));
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
      assertTrue(step.path("uniform").path("pHolm").isNumber(), said);
    }
    assertEquals(2, number);
    assertEquals(from, report.path("found"));
    assertEquals(2, report.path("proxy").path("classes").size());
    assertEquals(8, report.path("proxy").path("trainImages").asInt());
    assertEquals(16, report.path("proxy").path("validationImages").asInt());
  }

  @Test
  void theLastLineTrainsWhatWasFound() throws IOException {
    List<String> lines = said.lines().toList();
    List<String> words = List.of(lines.get(lines.size() - 1).split(" "));
    assertEquals(List.of("./run", "train"), words.subList(0, 2));
    TrainOptions options =
        CommandLine.parse(Command.named("train", Main.COMMANDS), words.subList(2, words.size()))
            .as(TrainOptions.class);
    Outline outline = Outline.of(NetworkFlags.architecture(options, SearchCase.CLASSES.size()));
    JsonNode found = report("first").path("found");
    assertEquals(found.path("multiplyAdds").asLong(), outline.multiplyAdds());
    assertEquals(found.path("parameters").asLong(), outline.trainableParameters());
    assertEquals(root.resolve("data").toString(), options.getData());
    assertEquals(0.5, options.getCropScale());
  }

  /** As after a kill in its last step; the rest is trained on one slot of another runner. */
  @Test
  void resumesWhereItStoppedAndFindsTheSame() throws IOException {
    Path second = copyOfFirst("second");
    List<Path> kept = new ArrayList<>();
    List<Path> lost = new ArrayList<>();
    for (JsonNode candidate : report("first").path("steps").get(1).path("candidates")) {
      String name = candidate.path("name").asText();
      Path weights =
          second.resolve("step-2").resolve(name).resolve("checkpoints/epoch-0001.safetensors");
      if (name.matches("width-[34]|depth-3")) {
        Files.delete(second.resolve("step-2/" + name + ".tally"));
        Files.delete(weights);
        lost.add(weights);
      } else {
        Files.setLastModifiedTime(weights, FileTime.fromMillis(0));
        kept.add(weights);
      }
    }
    String again = run("second", "--runner=DirectRunner", "--targetParallelism=1");

    assertEquals(SearchCase.digits(root.resolve("first")), SearchCase.digits(second));
    assertEquals(said.replace("/first", "/second"), again);
    assertTrue(lost.size() > 1 && !kept.isEmpty(), lost + ", " + kept);
    for (Path weights : kept) {
      assertEquals(FileTime.fromMillis(0), Files.getLastModifiedTime(weights), weights.toString());
    }
    for (Path weights : lost) {
      Path before = root.resolve("first").resolve(second.relativize(weights));
      assertEquals(-1, Files.mismatch(before, weights), weights.toString());
    }
  }

  /** A copy of the first search, as if it had stopped before its report. */
  private static Path copyOfFirst(String name) throws IOException {
    Path from = root.resolve("first");
    Path to = root.resolve(name);
    List<Path> all;
    try (Stream<Path> files = Files.walk(from)) {
      all = files.sorted().toList();
    }
    for (Path file : all) {
      Files.copy(file, to.resolve(from.relativize(file)));
    }
    Files.delete(to.resolve("search.json"));
    return to;
  }

  /** In the last step its best candidate diverges, and uniform scaling. */
  @Test
  void whatDivergedIsShownAndNeverChosen() throws IOException {
    Path third = copyOfFirst("third");
    JsonNode before = report("first").path("steps").get(1);
    String best = before.path("chosen").asText();
    String reason = "the loss became NaN at epoch 1, step 2 (learning rate 0.1)";
    for (String name : List.of(best, "uniform")) {
      Files.delete(third.resolve("step-2/" + name + ".tally"));
      Files.writeString(
          third.resolve("step-2/" + name + ".diverged.json"),
          "{\"reason\":\"%s\",\"remedy\":\"LOWER_LEARNING_RATE\",\"facts\":[]}".formatted(reason));
    }
    String printed = run("third");

    JsonNode step = report("third").path("steps").get(1);
    List<JsonNode> candidates = list(step.path("candidates"));
    assertEquals(before.path("candidates").get(1).path("name"), step.path("chosen"));
    JsonNode last = candidates.get(candidates.size() - 1);
    assertEquals(best, last.path("name").asText());
    assertEquals(reason, last.path("diverged").asText());
    assertFalse(last.has("top1") || last.has("versusBest"), last.toString());
    assertEquals(reason, step.path("uniform").path("trial").path("diverged").asText());
    assertFalse(step.path("uniform").has("p"), step.toString());
    for (String name : List.of(best, "uniform")) {
      assertTrue(printed.contains("  %s diverged: %s\n".formatted(name, reason)), printed);
    }
    try (Browser browser = Browser.start(Files.createDirectories(root.resolve("profile")))) {
      browser.open(third.resolve("search.html"));
      assertEquals(List.of(), browser.console());
      assertEquals(
          "1", browser.text("document.querySelectorAll('[data-chart] svg').length > 0 ? 1 : 0"));
      assertEquals(2, browser.all("#steps tbody tr").size());
      assertEquals(1, browser.all("#step-2 .mark.bad").size());
    }
  }

  /** Once trained, and once more with what the first run left. */
  @Test
  void whereAllCandidatesDivergeTheSearchFailsInOneLine() throws IOException {
    String[] wild = {"--steps=1", "--multiplyAdds=124300", "--lrMax=1e30", "--runner=DirectRunner"};
    for (int i = 0; i < 2; i++) {
      String told = failure("wild", wild);
      assertTrue(
          told.matches(
              "all \\d+ candidates of step 1 diverged; of width-\\d, the loss became NaN at epoch 1,"
                  + " step 2 [(]learning rate .*[)]; try a lower --lrMax .*"),
          told);
    }
    List<Path> reasons;
    try (Stream<Path> files = Files.list(root.resolve("wild/step-1"))) {
      reasons = files.filter(file -> file.toString().endsWith(".diverged.json")).toList();
    }
    for (Path reason : reasons) {
      Files.writeString(
          reason,
          "{\"reason\":\"all overflowed\",\"remedy\":\"LOWER_LOSS_SCALE\",\"facts\":[\"128.0\"]}");
    }
    String told = failure("wild", wild);
    assertTrue(
        told.contains("all overflowed; try a lower --lossScale than 128.0, or a lower"), told);
  }

  private static String failure(String output, String... more) {
    return Words.oneLine(assertThrows(IOException.class, () -> run(output, more)));
  }

  @Test
  void otherSettingsAreAnotherSearch() {
    String told = failure("first", "--seed=2");
    assertTrue(told.contains("holds a search whose seed is 1, not 2"), told);
  }

  @Test
  void aRefusedSearchWritesNothing() {
    refused("--steps=0 is invalid", "--steps=0");
    refused("--proxyClasses=1 is invalid", "--proxyClasses=1");
    refused("--batchSize is at least 2", "--batchSize=1");
    refused("--warmupEpochs is ", "--warmupEpochs=-1");
    refused("the network to start from has ", "--multiplyAdds=1000");
    refused(
        "no network of step 1 has about 9,000,0",
        "--multiplyAdds=9000000000000000000",
        "--steps=1");
    refused("the proxy task has 8 training images, an epoch needs at least 64;", "--batchSize=64");
    String missing = root.resolve("nowhere").toString();
    String told = failure("refused", "--validation=" + missing);
    assertTrue(told.startsWith(missing + " does not exist"), told);
    assertFalse(Files.exists(root.resolve("refused")));
    for (String flag : List.of("ranks=2", "preset=bignet-1x", "resume")) {
      String unknown =
          assertThrows(UsageException.class, () -> options("refused", "--" + flag)).getMessage();
      assertTrue(unknown.startsWith("unknown flag --" + flag.replaceFirst("=.*", "")), unknown);
    }
  }

  private static void refused(String words, String... flags) {
    String told = assertThrows(UsageException.class, () -> run("refused", flags)).getMessage();
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
  void onlyTheScoredCheckpointIsLeftOfATraining() throws IOException {
    List<String> names;
    try (Stream<Path> files = Files.walk(root.resolve("first"))) {
      names = files.map(file -> file.getFileName().toString()).distinct().toList();
    }
    assertEquals(
        List.of("epoch-0001.safetensors"),
        names.stream().filter(name -> name.endsWith(".safetensors")).toList());
    assertTrue(names.stream().noneMatch(name -> name.startsWith("events")), names.toString());
  }
}
