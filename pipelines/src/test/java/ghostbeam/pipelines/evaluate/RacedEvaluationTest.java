package ghostbeam.pipelines.evaluate;

import static ghostbeam.pipelines.evaluate.Scene.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.scoring.Tally;
import ghostbeam.pipelines.page.Browser;
import ghostbeam.pipelines.report.ReportJob;
import ghostbeam.pipelines.report.ReportOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A race of real networks: two that are nearly the one whose answers are the labels, five that know
 * nothing.
 */
class RacedEvaluationTest {
  private static final Set<String> GOOD = Set.of("good-1", "good-2");

  @TempDir static Path root;
  private static RaceScene scene;

  @BeforeAll
  static void build() throws IOException {
    scene = new RaceScene(root);
    scene.evaluate("exact");
    scene.evaluate("race", "--race");
  }

  @Test
  void picksWhatTheExactPassPicksAndScoresThemTheSame() throws IOException {
    JsonNode exact = scene.report("exact");
    JsonNode race = scene.report("race");
    assertEquals(exact.get("best"), race.get("best"));
    assertEquals(tied(exact), tied(race));
    List<String> complete = new ArrayList<>();
    for (JsonNode row : race.get("checkpoints")) {
      if (!row.has("partial")) {
        assertEquals(row(exact.get("checkpoints"), row.get("name").asText()), row);
        complete.add(row.get("name").asText());
      }
    }
    assertEquals(GOOD, Set.copyOf(complete));
    assertEquals(exact.get("oneStandardError"), race.get("oneStandardError"));
  }

  @Test
  void whatIsDroppedIsMarkedAsPartialAfterAllOthers() throws IOException {
    JsonNode rows = scene.report("race").get("checkpoints");
    assertEquals(7, rows.size());
    for (int i = 2; i < rows.size(); i++) {
      JsonNode row = rows.get(i);
      long records = row.get("records").asLong();
      assertTrue(records == 128 || records == 192 || records == 288, row::toString);
      assertTrue(GOOD.contains(row.at("/partial/beatenBy").asText()), row::toString);
      assertTrue(
          row.at("/partial/log10Evidence").asDouble() >= Math.log10(7 * 6 / 0.01), row::toString);
      assertTrue(row.get("versusBest").isNull());
      assertFalse(row.get("tied").asBoolean());
      Path file = scene.path("race/tallies").resolve(row.get("name").asText() + ".tally");
      Tally tally = Tally.fromBytes(Files.readAllBytes(file));
      tally.requireCoverage(records);
      assertEquals(row.at("/top1/correct").asLong(), tally.top1().correct());
    }
    assertTrue(row(rows, "exploded").get("loss").isNull());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--runner=DirectRunner --targetParallelism=4",
        "--runner=FlinkRunner --parallelism=1",
        "--runner=FlinkRunner --parallelism=2",
        "--batchSize=1",
        "--batchSize=64",
      })
  void isTheSameHoweverItIsRun(String flags) throws IOException {
    String output = "same" + flags.hashCode();
    List<String> all = new ArrayList<>(Arrays.asList(flags.split(" ", -1)));
    all.add("--race");
    scene.evaluate(output, all.toArray(String[]::new));
    assertEquals(scene.contents("race"), scene.contents(output));
  }

  @Test
  void isTheSameInSeveralPassesARound() throws IOException {
    String twoFit = "--modelMemory=" + 2 * Classifier.bytes(RaceScene.TINY, 1) + "b";
    String printed = scene.evaluate("passes", "--race", twoFit, "--targetParallelism=1");
    assertEquals(scene.contents("race"), scene.contents("passes"));
    assertTrue(printed.contains("val: 4 passes, "), printed);
  }

  @Test
  void isTheSameWithOneShardAndSeven() throws IOException {
    for (int shards : new int[] {1, 7}) {
      scene.dataset("data" + shards, shards);
      scene.evaluate("shards" + shards, "--race", "--data=" + scene.path("data" + shards));
      assertEquals(
          scene.report("race").get("checkpoints"),
          scene.report("shards" + shards).get("checkpoints"));
    }
  }

  @Test
  void printsEachRoundAndHowManyAreLeft() throws IOException {
    String printed = scene.evaluate("told", "--race");
    assertTrue(printed.contains("After 128 of 420 records "), printed);
    assertTrue(printed.contains(" of 7 checkpoints are left"), printed);
    long scored = 0;
    for (JsonNode row : scene.report("told").get("checkpoints")) {
      scored += row.get("records").asLong();
    }
    assertTrue(scored < 0.6 * 7 * 420, printed);
    assertTrue(
        printed.contains("The race took %.1f %% of the work".formatted(scored / (7 * 4.20))),
        printed);
    assertTrue(printed.contains("Dropped early, beaten beyond doubt (partial"), printed);
    String markdown = Files.readString(scene.path("told/report.md"));
    assertTrue(markdown.contains("| checkpoint | epoch | weights | records |"), markdown);
    assertTrue(markdown.contains("is at most 0.01."), markdown);
    String csv = Files.readString(scene.path("told/report.csv"));
    assertEquals(5, csv.lines().filter(line -> line.contains(",good-")).count(), csv);
  }

  @Test
  void thePageShowsDroppedCheckpointsSeparately(@TempDir Path profile) {
    try (Browser browser = Browser.start(profile)) {
      browser.open(scene.path("race/report.html"));
      assertEquals(2, browser.all("#ranking tbody tr").size());
      assertEquals(5, browser.all("#dropped tbody tr.partial").size());
      assertTrue(browser.one("#dropped tbody th").getText().endsWith(" partial"));
      assertTrue(
          browser.one(".lead").getText().contains("tied with it. 5 others were dropped early"));
      assertTrue(browser.one("#provenance p").getText().contains("except those dropped early"));
      assertEquals(List.of(), browser.console());
    }
  }

  @Test
  void theBaselineOfAGateIsNeverDropped() throws IOException {
    scene.evaluate("gated", "--race", "--gate=top1>=baseline+0.2", "--baseline=bad-1");
    JsonNode rows = scene.report("gated").get("checkpoints");
    assertFalse(row(rows, "bad-1").has("partial"));
    assertTrue(row(rows, "bad-2").has("partial"));
    assertEquals(
        row(scene.report("exact").get("checkpoints"), "bad-1").get("top1"),
        row(rows, "bad-1").get("top1"));
  }

  @Test
  void aReportKeepsPartialsUnlessTheyWereScoredInFullElsewhere() throws IOException {
    join("alone", "race");
    assertEquals(scene.contents("race"), scene.contents("alone"));
    join("both", "race", "exact");
    assertEquals(scene.contents("exact"), scene.contents("both"));
  }

  /** For a dropped checkpoint only the records that it saw are counted. */
  @Test
  void realLabelsCountWhatWasSeen() throws IOException {
    ObjectNode labels = new ObjectMapper().createObjectNode();
    try (Stream<Path> images = Files.walk(scene.path("images"))) {
      for (Path image : images.filter(Files::isRegularFile).toList()) {
        int label = RaceScene.CLASSES.indexOf(image.getParent().getFileName().toString());
        labels.putArray(image.getParent().getFileName() + "/" + image.getFileName()).add(label);
      }
    }
    Path file = Files.writeString(scene.path("real.json"), labels.toString());
    scene.evaluate("real", "--race", "--realLabels=" + file);
    for (JsonNode row : scene.report("real").get("checkpoints")) {
      assertEquals(row.get("records"), row.at("/real/records"));
      assertEquals(row.at("/top1/correct"), row.at("/real/correct"));
    }
  }

  private static Set<String> tied(JsonNode report) {
    Set<String> names = new TreeSet<>();
    for (JsonNode row : report.get("checkpoints")) {
      if (row.get("tied").asBoolean()) {
        names.add(row.get("name").asText());
      }
    }
    return names;
  }

  private static void join(String output, String... evaluations) throws IOException {
    String folders =
        String.join(",", Stream.of(evaluations).map(name -> scene.path(name).toString()).toList());
    ReportOptions options =
        PipelineOptionsFactory.fromArgs(
                "--evaluations=" + folders, "--output=" + scene.path(output))
            .as(ReportOptions.class);
    ReportJob.run(options, new PrintStream(OutputStream.nullOutputStream(), true));
  }
}
