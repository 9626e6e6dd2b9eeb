package ghostbeam.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.scoring.Defeat;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Proportion;
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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationFolderTest {
  private static final Report.Dataset DATA =
      new Report.Dataset("/data", "val", "sha256:d", 3, List.of("n1", "n2"));
  private static final Gate NO_GATE = new Gate(List.of(), "", null);

  @TempDir Path root;
  private EvaluationFolder folder;
  private Report written;

  @BeforeEach
  void write() throws IOException {
    folder = new EvaluationFolder(Storage.local(), root.resolve("eval").toString());
    Row best = row("a/best", 3, null).withReal(new Proportion(1, 2));
    Row dropped = row("b", 2, new Defeat("a/best", 1, 2, 3.5, 3));
    List<Row> rows = List.of(row("c", 3, null), best, dropped);
    written =
        folder.write(
            Leaderboard.of(DATA, rows, "sha256:r", Report.Software.current()),
            NO_GATE,
            ClassTitles.NONE);
  }

  private static Row row(String name, int records, Defeat partial) {
    Tally tally = Tally.of(name, 2);
    for (int record = 0; record < records; record++) {
      tally.add(record, record % 2, new float[] {name.equals("c") ? -1 : 1, 0}, 0);
    }
    return Rows.beaten(Rows.of(tally, "/r/" + name, "sha256:" + name), partial);
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws IOException {
    Report read = folder.readReport();
    assertEquals(new ObjectMapper().valueToTree(written), new ObjectMapper().valueToTree(read));
    List<Row> rows = folder.readRows(read);
    assertEquals(
        written.checkpoints().stream().map(Row::tally).toList(),
        rows.stream().map(Row::tally).toList());
    assertEquals(
        written.checkpoints().stream().map(Row::figures).toList(),
        rows.stream().map(Row::figures).toList());
    assertEquals(new Proportion(1, 2), rows.get(0).real());
    assertEquals("a/best", rows.get(2).partial().beatenBy());
  }

  /** A report from before a figure existed: the figure is computed from the tally. */
  @Test
  void figuresThatAnOlderReportLacksComeFromItsTallies() throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode older = (ObjectNode) json.readTree(Path.of(folder.report()).toFile());
    for (Metric metric : List.of(Metric.CLASS_ACCURACY, Metric.CALIBRATION_ERROR)) {
      older.get("checkpoints").forEach(row -> ((ObjectNode) row).remove(metric.key()));
    }
    json.writeValue(Path.of(folder.report()).toFile(), older);

    List<Row> rows = folder.readRows(folder.readReport());

    assertEquals(
        written.checkpoints().stream().map(Row::figures).toList(),
        rows.stream().map(Row::figures).toList());
  }

  /** The folder may hold other files of its user. */
  @Test
  void clearingLeavesWhatAnEvaluationDoesNotWrite() throws IOException {
    List<Path> ours = new ArrayList<>();
    for (String name :
        List.of("b.csv.gz", "b.csv.gz.part", "b.csv.gz.000001.part", "b.csv.gz.000001.part.part")) {
      ours.add(root.resolve("eval/predictions/a").resolve(name));
    }
    ours.add(root.resolve("eval/tallies/b.tally.part"));
    List<Path> strange = new ArrayList<>();
    for (String name :
        List.of("predictions/mine.csv", "predictions/a/x.000001.part", "tallies/notes.txt")) {
      strange.add(root.resolve("eval").resolve(name));
    }
    Files.createDirectories(root.resolve("eval/predictions/a"));
    for (Path file : Stream.concat(ours.stream(), strange.stream()).toList()) {
      Files.writeString(file, "x");
    }

    folder.deletePredictionParts();
    assertTrue(Files.exists(strange.get(1)), "of no file of predictions");
    folder.clear();

    assertEquals(
        strange.stream().map(Path::toString).sorted().toList(),
        Storage.local().list(folder.folder()).stream().map(Storage.Entry::path).toList());
  }

  @Test
  void clearingLeavesNothingOfAnEvaluation() throws IOException {
    assertTrue(Files.exists(root.resolve("eval/tallies/a/best.tally")));
    assertEquals(7, Storage.local().list(folder.folder()).size());
    folder.clear();
    assertEquals(List.of(), Storage.local().list(folder.folder()));
    assertFalse(Storage.local().exists(folder.page()));
    assertEquals(folder, SerializableUtils.ensureSerializable(folder));
  }
}
