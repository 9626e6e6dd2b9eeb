package ghostbeam.pipelines.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.scoring.Tally;
import ghostbeam.pipelines.page.ClassTitles;
import ghostbeam.pipelines.report.EvaluationFolder;
import ghostbeam.pipelines.verdict.Figures;
import ghostbeam.pipelines.verdict.Gate;
import ghostbeam.pipelines.verdict.Leaderboard;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Evaluations, damaged: report.json with its tallies, read and written again as a joined one. */
final class ReportFuzzTest {
  private static final int OVERHEAD = 24 << 20;
  private static final int MOST_BYTES_A_BYTE = 200;
  private static final String TALLY = "/eval/tallies/a/epoch-0001.tally";
  private static final Gate NO_GATE = new Gate(List.of(), "", null);

  @Test
  void joinsOrRefusesReports() throws Exception {
    reports().run(Fuzz.SHORT);
  }

  @Test
  void readsOrRefusesTallies() throws Exception {
    tallies().run(Fuzz.SHORT);
  }

  @Tag("soak")
  @Test
  void joinsOrRefusesManyMoreReports() throws Exception {
    reports().run(Fuzz.LONG);
  }

  @Tag("soak")
  @Test
  void readsOrRefusesManyMoreTallies() throws Exception {
    tallies().run(Fuzz.LONG);
  }

  private static Row entrant(String name, int skill) {
    return new Row(
        name,
        "/runs/" + name + ".safetensors",
        new Row.Origin(
            "sha256:" + name,
            "ghostnet-1x",
            "raw",
            1,
            40,
            "sha256:t",
            new ObjectMapper().createObjectNode().put("lr", 0.1),
            null,
            null,
            null),
        new Report.Preprocessing(224, 0.875, "pillow", "float32", null),
        Figures.of(tally(name, skill), 1000),
        new Row.Standing(null, null),
        tally(name, skill));
  }

  private static Tally tally(String name, int skill) {
    Tally tally = Tally.of(name, 3);
    for (int record = 0; record < 40; record++) {
      int label = record % 3;
      if (record == 7) {
        tally.addUndecodable(record, label);
      } else {
        float[] logits = new float[3];
        logits[record % skill == 0 ? (label + 1) % 3 : label] = 3;
        tally.add(record, label, logits, 0);
      }
    }
    return tally;
  }

  private static HeldStorage sound() throws IOException {
    HeldStorage storage = new HeldStorage();
    Report.Dataset data =
        new Report.Dataset("/data", "val", "sha256:d", 40, List.of("n1", "n2", "n3"));
    List<Row> entrants = List.of(entrant("a/epoch-0001", 5), entrant("best", 4));
    Report report = Leaderboard.of(data, entrants, null, Report.Software.current());
    new EvaluationFolder(storage, "/eval").write(report, NO_GATE, ClassTitles.NONE);
    return storage;
  }

  private static Fuzz<HeldStorage> reports() throws IOException {
    HeldStorage sound = sound();
    String report = new String(sound.get("/eval/report.json"), UTF_8);
    Damage bytes = new Damage(List.of(report.getBytes(UTF_8)), List.of());
    return new Fuzz<>(
        "report",
        i -> {
          Dice dice = new Dice(51, i);
          HeldStorage storage = new HeldStorage();
          sound.files().forEach(storage::put);
          JsonNode tree = JsonDamage.parse(report);
          return storage.put(
              "/eval/report.json",
              dice.oneIn(4) ? bytes.apply(dice) : JsonDamage.bytes(JsonDamage.apply(tree, dice)));
        },
        ReportFuzzTest::join,
        List.of(IOException.class),
        storage -> OVERHEAD + (long) MOST_BYTES_A_BYTE * storage.get("/eval/report.json").length);
  }

  private static void join(HeldStorage storage) throws IOException {
    EvaluationFolder folder = new EvaluationFolder(storage, "/eval");
    Report report = folder.readReport();
    List<Row> entrants = folder.readRows(report);
    new EvaluationFolder(storage, "/joined")
        .write(
            Leaderboard.of(
                report.dataset(), entrants, report.realLabels(), Report.Software.current()),
            NO_GATE,
            ClassTitles.NONE);
    for (Map.Entry<String, byte[]> file : storage.files().entrySet()) {
      if (file.getKey().contains("..") || !file.getKey().matches("/(eval|joined)/.*")) {
        throw new IllegalStateException("wrote " + file.getKey());
      }
    }
  }

  private static Fuzz<byte[]> tallies() throws IOException {
    HeldStorage sound = sound();
    Damage damage = new Damage(List.of(sound.get(TALLY), tally("ε", 40).toBytes()), List.of());
    return new Fuzz<>(
        "tally",
        i -> damage.apply(new Dice(52, i)),
        bytes -> {
          Tally tally = Tally.fromBytes(bytes);
          tally.mistakes();
          tally.smoothedLoss(0.1);
          tally.plus(Tally.empty()).named("x").toBytes();
        },
        List.of(IOException.class),
        bytes -> OVERHEAD + (long) MOST_BYTES_A_BYTE * bytes.length);
  }
}
