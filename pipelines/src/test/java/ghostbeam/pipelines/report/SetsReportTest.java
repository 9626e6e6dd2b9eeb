package ghostbeam.pipelines.report;

import static ghostbeam.pipelines.verdict.Rows.mean;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.dataset.LabelMapping;
import ghostbeam.model.scoring.Proportion;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.page.ClassTitles;
import ghostbeam.pipelines.verdict.Gate;
import ghostbeam.pipelines.verdict.Leaderboard;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.pipelines.verdict.Rows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints a, b and c on val of 100 images, a and b on v2, a and c on r of two classes. */
class SetsReportTest {
  private static final List<String> KNOWN = List.of("n1", "n2", "n3", "n4");

  @TempDir static Path root;
  private static JsonNode sets;

  @BeforeAll
  static void join() throws IOException {
    evaluate("val", KNOWN, 100, row("a", 80, 100), row("b", 79, 100), row("c", 40, 100));
    evaluate("v2", KNOWN, 50, row("a", 30, 50), row("b", 20, 50));
    evaluate("r", KNOWN.subList(0, 2), 20, part("a", 5, 12), part("c", 6, 9));
    report("joined", "--evaluations=" + folders("val", "v2", "r"));
    sets = json("joined").get("testSets");
  }

  @Test
  void namesSetsByTheirFoldersAndFindsTheBestOfEach() {
    assertEquals("val", sets.at("/sets/0/name").asText());
    assertEquals("/data/v2", sets.at("/sets/1/dataset/uri").asText());
    assertEquals(50, sets.at("/sets/1/dataset/records").asInt());
    assertEquals("r", sets.at("/sets/2/name").asText());
    assertEquals("a", sets.at("/sets/1/best").asText());
    assertEquals("c", sets.at("/sets/2/best").asText());
    assertEquals("a", sets.at("/sets/2/bestInDataset").asText());
    assertFalse(sets.at("/sets/0").has("bestInDataset"));
    assertTrue(score("b", 0).get("tied").asBoolean());
    assertFalse(score("c", 0).get("tied").asBoolean());
  }

  @Test
  void dropsAreFromTheFirstSetWithNewcombesInterval() {
    Proportion.Difference drop = new Proportion(80, 100).minus(new Proportion(30, 50));
    assertEquals(0.2, score("a", 1).at("/drop/rate").asDouble(), 1e-12);
    assertEquals(drop.low(), score("a", 1).at("/drop/low").asDouble());
    assertEquals(drop.high(), score("a", 1).at("/drop/high").asDouble());
    assertTrue(score("a", 0).get("drop").isNull());
    assertEquals(0.6, score("a", 2).at("/top1InDataset/rate").asDouble());
  }

  @Test
  void aMissingScoreIsAnEmptyCellAndARemark() throws IOException {
    assertTrue(score("c", 1).isNull());
    String text = Files.readString(root.resolve("joined/report.md"));
    assertTrue(text.contains("Not scored on every record of v2: c."), text);
    assertTrue(text.contains("Not scored on every record of r: b."), text);
    assertTrue(text.contains("| a          | 80.00 (71.12–86.66) best |"), text);
  }

  /**
   * The first set's leaderboard is the report; its gate applies, and the other sets are columns.
   */
  @Test
  void everyFileHasTheTable() throws IOException {
    assertEquals("a", json("joined").get("best").asText());
    assertEquals(100, json("joined").at("/dataset/records").asInt());
    List<String> csv = Files.readAllLines(root.resolve("joined/report.csv"));
    List<String> header = List.of(csv.get(0).split(",", -1));
    assertEquals(4, csv.size());
    for (String line : csv) {
      assertEquals(header.size(), line.split(",", -1).length, line);
    }
    int column = header.indexOf("v2:drop.rate");
    assertEquals("0.20000000000000007", csv.get(1).split(",", -1)[column]);
    assertTrue(Files.readString(root.resolve("joined/report.html")).contains("id=\"sets\""));
  }

  /** By average --greedy: one on the first set, another on the second. */
  @Test
  void aMeanThatWasChosenOnASetIsMarkedThere() throws IOException {
    evaluate("chosen", KNOWN, 100, row("a", 80, 100), mean(row("m", 81, 100), true));
    evaluate("judged", KNOWN, 50, mean(row("m", 30, 50), false), mean(row("n", 20, 50), true));
    String chosen =
        "Chosen on this very split by average --greedy, so too good here and to be judged";
    String later = "Chosen on judged by average --greedy, so too good there: n";

    String said = report("marked", "--evaluations=" + folders("chosen", "judged"));

    assertTrue(said.contains("| best, chosen here |"), said);
    assertTrue(said.contains("Warning: " + chosen + " on other images: m\n"), said);
    assertTrue(said.contains(later), said);
    JsonNode json = json("marked");
    assertEquals(
        "{\"checkpoints\":2,\"chosenOnThisSplit\":true}",
        json.at("/checkpoints/0/meanOf").toString());
    assertFalse(json.at("/checkpoints/1").has("meanOf"));
    JsonNode scores = json.at("/testSets/checkpoints/0/scores");
    assertTrue(scores.at("/0/chosenOnThisSplit").asBoolean());
    assertFalse(scores.get(1).has("chosenOnThisSplit"), "there it is judged");
    String text = Files.readString(root.resolve("marked/report.md"));
    assertTrue(text.contains("**Warning**: " + chosen), text);
    assertTrue(text.contains("| m          | 81.00 (72.22–87.49) best, chosen here |"), text);
    assertTrue(text.contains(later + "."), text);
    List<String> csv = Files.readAllLines(root.resolve("marked/report.csv"));
    List<String> header = List.of(csv.get(0).split(",", -1));
    for (String column : List.of("meanOf.chosenOnThisSplit", "chosen:chosenOnThisSplit")) {
      assertEquals("true", csv.get(1).split(",", -1)[header.indexOf(column)], column);
      assertEquals("", csv.get(2).split(",", -1)[header.indexOf(column)], column);
    }
    String page = Files.readString(root.resolve("marked/report.html"));
    assertTrue(
        page.contains("role=\"alert\">" + chosen),
        page.substring(page.indexOf("<body>"), page.indexOf("<body>") + 2000));
    assertEquals(3, page.split(">chosen here</span>", -1).length - 1, "leaderboard and two cells");
    assertTrue(page.contains(later));
    assertFalse(report("unmarked", "--evaluations=" + folders("val", "v2")).contains("hosen"));
  }

  /** Also among the set's classes alone: in the leaderboard, its table, and two cells. */
  @Test
  void aMeanIsMarkedAmongTheSetsClassesToo() throws IOException {
    evaluate("few", KNOWN.subList(0, 2), 20, mean(part("m", 5, 12), true), part("n", 6, 9));
    evaluate("many", KNOWN, 50, mean(row("m", 30, 50), false));
    report("among", "--evaluations=" + folders("few", "many"));
    String page = Files.readString(root.resolve("among/report.html"));
    assertEquals(4, page.split(">chosen here</span>", -1).length - 1);
    String text = Files.readString(root.resolve("among/report.md"));
    assertEquals(4, text.split("chosen here", -1).length - 1, text);
  }

  /** Only on a later set: named, told apart, last in every table. */
  @Test
  void aCheckpointOfALaterSetOnlyHasItsLine() throws IOException {
    evaluate("sketch", KNOWN, 30, row("a", 9, 30), other("b", 12, 30), row("d", 3, 30));
    report("later", "--evaluations=" + folders("val", "sketch"));
    JsonNode rows = json("later").at("/testSets/checkpoints");
    assertEquals(
        List.of("a", "b", "c", "sketch/b", "d"),
        rows.findValues("name").stream().map(JsonNode::asText).toList());
    assertTrue(rows.at("/3/scores/1/drop").isNull());
    List<String> csv = Files.readAllLines(root.resolve("later/report.csv"));
    assertTrue(csv.get(4).startsWith("sketch/b,,sha256:other b,"), csv.get(4));
  }

  @Test
  void evaluationsOfOneSetAreJoinedAndSetsThenNamedByTheirData() throws IOException {
    evaluate("tuesday/report", "v2", KNOWN, 50, row("c", 10, 50));
    String printed = report("both", "--evaluations=" + folders("val", "v2", "tuesday/report"));
    JsonNode table = json("both").get("testSets");
    assertEquals(List.of("val", "v2"), table.get("sets").findValuesAsText("name"));
    assertEquals(0.2, table.at("/checkpoints/2/scores/1/top1/rate").asDouble());
    assertTrue(printed.contains("40.00 (30.94–49.80) |      20.00 (11.24–33.04) |"), printed);
  }

  @Test
  void aTableOfSetsIsNotJoinedAgain() {
    IOException refused =
        assertThrows(
            IOException.class, () -> report("again", "--evaluations=" + folders("joined", "v2")));
    assertTrue(
        refused.getMessage().contains("give the evaluations that it was made of"),
        refused::getMessage);
  }

  @Test
  void classNamesMustBeOfTheData() throws IOException {
    Path names = Files.writeString(root.resolve("names.txt"), "n2 hen, chick\nn3\n");
    report("titled", "--evaluations=" + folders("val"), "--classNames=" + names);
    String page = Files.readString(root.resolve("titled/report.html"));
    assertTrue(page.contains("<th scope=\"row\">n2 hen, chick</th>"));
    Files.writeString(names, "n9 fox\n");
    IOException refused =
        assertThrows(
            IOException.class,
            () -> report("never", "--evaluations=" + folders("val"), "--classNames=" + names));
    assertTrue(
        refused.getMessage().endsWith("such as n1; it has classes such as n9"),
        refused::getMessage);
    assertFalse(Files.exists(root.resolve("never")));
  }

  private static JsonNode score(String checkpoint, int set) {
    for (JsonNode row : sets.get("checkpoints")) {
      if (row.get("name").asText().equals(checkpoint)) {
        return row.get("scores").get(set);
      }
    }
    throw new AssertionError(checkpoint);
  }

  private static JsonNode json(String folder) throws IOException {
    return new ObjectMapper().readTree(root.resolve(folder).resolve("report.json").toFile());
  }

  private static String folders(String... names) {
    return Arrays.stream(names)
        .map(name -> root.resolve(name).toString())
        .collect(Collectors.joining(","));
  }

  private static String report(String output, String... flags) throws IOException {
    String[] all = Arrays.copyOf(flags, flags.length + 1);
    all[flags.length] = "--output=" + root.resolve(output);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ReportJob.run(
        PipelineOptionsFactory.fromArgs(all).as(ReportOptions.class),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static void evaluate(String set, List<String> classes, int records, Row... rows)
      throws IOException {
    evaluate(set, set, classes, records, rows);
  }

  private static void evaluate(
      String folder, String set, List<String> classes, int records, Row... rows)
      throws IOException {
    Report.Dataset data =
        new Report.Dataset("/data/" + set, "val", "sha256:" + set, records, classes);
    new EvaluationFolder(Storage.local(), root.resolve(folder).toString())
        .write(
            Leaderboard.of(data, List.of(rows), null, Report.Software.current()),
            new Gate(List.of(), "", null),
            ClassTitles.NONE);
  }

  private static Row row(String name, int right, int records) {
    Tally tally = Tally.of(name, 4);
    for (int record = 0; record < records; record++) {
      tally.add(record, 1, new float[] {record < right ? 0 : 2, 1, 0, 0}, 0);
    }
    return Rows.of(tally, "/run/" + name, "sha256:" + name);
  }

  /** A different file under a name that another has. */
  private static Row other(String name, int right, int records) {
    return Rows.of(row(name, right, records).tally(), "/run/other", "sha256:other " + name);
  }

  /** Numbers of hits over all logits, and over the first two alone. */
  private static Row part(String name, int right, int masked) {
    LabelMapping labels = LabelMapping.of(KNOWN.subList(0, 2), KNOWN);
    Tally tally = Tally.of(name, labels);
    for (int record = 0; record < 20; record++) {
      float rival = record < masked ? 0 : 2;
      float further = record < right ? 0 : 3;
      tally.add(record, 1, new float[] {rival, 1, further, 0}, 0, labels);
    }
    return Rows.of(tally, "/run/" + name, "sha256:" + name);
  }
}
