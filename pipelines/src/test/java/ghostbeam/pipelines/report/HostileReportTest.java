package ghostbeam.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.page.ClassTitles;
import ghostbeam.pipelines.verdict.Gate;
import ghostbeam.pipelines.verdict.Leaderboard;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.pipelines.verdict.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Evaluations written or edited by others. */
class HostileReportTest {
  @TempDir Path temporary;
  private EvaluationFolder folder;
  private Path json;

  @BeforeEach
  void evaluate() throws IOException {
    Report.Dataset data =
        new Report.Dataset("/gone/data", "val", "sha256:d", 3, List.of("n1", "n2"));
    folder = new EvaluationFolder(Storage.local(), temporary.resolve("eval").toString());
    folder.write(
        Leaderboard.of(data, List.of(entrant("best")), null, Report.Software.current()),
        new Gate(List.of(), "", null),
        ClassTitles.NONE);
    json = temporary.resolve("eval/report.json");
  }

  private static Row entrant(String name) {
    Tally tally = Tally.of(name, 2);
    for (int record = 0; record < 3; record++) {
      tally.add(record, record % 2, new float[] {1, 0}, 0);
    }
    return Rows.of(tally, "/runs/best", "sha256:c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../best",
        "/etc/best",
        "a/../../best",
        "a//best",
        "./best",
        "..",
        "",
        "a\\\\b",
        "a\\u0000b",
        "a\\nb"
      })
  void refusesNamesThatLeadOutOfItsFolder(String name) throws IOException {
    damage("\"name\": \"best\"", "\"name\": \"" + name + "\"");

    assertTrue(refusal().contains("is not a checkpoint's name"), refusal());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"records\": 3, | \"records\": 4,                               | not seen",
        "\"records\": 3, | \"records\": 0,                               | beyond",
        "\"records\": 3, | \"records\": -1,                              | -1 records",
        "\"records\": 3, | \"records\": 4611686018427387904,             | records",
        "\"n1\"          | null                                          | no classes",
        "\"n1\"          | \"n1\",\"n3\"                                 | has 2 classes",
        "\"/gone/data\"  | null                                          | not named",
        "\"sha256:d\"    | null                                          | not named",
        "\"/runs/best\"  | null                                          | incomplete",
        "\"sha256:c\"    | null                                          | incomplete",
        "\"pillow\"      | null                                          | incomplete",
        "\"top1\": {     | \"top1\": null, \"x\": {                      | not a report",
        "\"name\": \"best\" | \"name\": null                             | no name",
        "\"checkpoints\": [ | \"checkpoints\": [ null,                   | no name",
        "\"dataset\":    | \"set\":                                      | not a report",
        "{\\s            | [{                                            | not a report",
      })
  void refusesWhatIsMissingOrDoesNotFit(String sound, String hostile, String said)
      throws IOException {
    damage(sound.equals("{\\s") ? "{\n" : sound, hostile);

    assertTrue(refusal().contains(said), refusal());
  }

  @Test
  void refusesEmptyDeepAndWideJson() throws IOException {
    String deep = "{\"checkpoints\":[{\"recipe\":" + "[".repeat(100_000);
    String wide = "{\"checkpoints\":[{\"recipe\":[" + "{},".repeat(5_000_000) + "{}]}]}";
    for (String text : List.of("null", "", "{}", "[]", "{\"dataset\":null}", deep, wide)) {
      Files.writeString(json, text);
      refusal();
    }
  }

  @Test
  void refusesATallyOfAnotherCheckpoint() throws IOException {
    damage("\"name\": \"best\"", "\"name\": \"other\"");
    Files.copy(
        temporary.resolve("eval/tallies/best.tally"),
        temporary.resolve("eval/tallies/other.tally"));

    assertTrue(refusal().contains("is the tally of best"), refusal());
  }

  private void damage(String sound, String hostile) throws IOException {
    String text = Files.readString(json);
    int at = text.indexOf(sound);
    assertTrue(at >= 0, () -> sound + " is not in " + text);
    Files.writeString(json, text.substring(0, at) + hostile + text.substring(at + sound.length()));
  }

  /** One line that names the folder. */
  private String refusal() {
    String message =
        assertThrows(IOException.class, () -> folder.readRows(folder.readReport())).getMessage();
    assertTrue(message.startsWith(folder.folder()), message);
    assertEquals(1, message.lines().count(), message);
    return message;
  }
}
