package ghostbeam.pipelines.verdict;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Tally;
import ghostbeam.pipelines.cli.QualityGateException;
import ghostbeam.pipelines.cli.UsageException;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  private static final int RECORDS = 1000;

  /** The best has 829 of 1,000, the baseline 831, whose difference no double holds exactly. */
  @ParameterizedTest
  @CsvSource({
    "top1>=0.829, true",
    "top1 >= 0.8290001, false",
    "top1>0.829, false",
    "top1==0.829, true",
    "top1!=0.829, false",
    "top1<0.83, true",
    "top1<=.829, true",
    "top1>=829e-3, true",
    "top5>=0.9, true",
    "classAccuracy==0.829, true",
    "classAccuracy>=baseline-0.001, false",
    "records==1000, true",
    "records==50000, false",
    "notFinite==0, true",
    "parameters<=1000, true",
    "parameters<1e3, false",
    "loss<=100, true",
    "loss<=0, false",
    "smoothedLoss<100, true",
    "calibrationError<=1, true",
    "top1>=baseline, false",
    "top1>=baseline-0.002, true",
    "top1>=baseline - 0.0019, false",
    "top1<=baseline+0, true",
    "records==baseline, true",
  })
  void rulesHoldWithoutRounding(String rule, boolean met) throws IOException {
    Gate gate = gate(rule.contains("baseline") ? "other.json" : "", rule);
    Report other = report(entrant("released", 831));
    Report.Gate judged =
        gate.resolve(List.of("c"), "sha256:d", null, path -> other)
            .judge(report(entrant("c", 829)));
    assertEquals(met, judged.passed());
    assertEquals(rule, judged.rules().get(0).rule());
  }

  @Test
  void aBaselineOfAnEarlierVersionWithoutTheFigureIsRefused() throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode old = json.valueToTree(report(entrant("c", 829)));
    ((ObjectNode) old.path("checkpoints").get(0)).remove("classAccuracy");
    Report before = json.treeToValue(old, Report.class);
    IOException refusal =
        assertThrows(
            IOException.class,
            () ->
                gate("old.json", "classAccuracy>=baseline")
                    .resolve(List.of("c"), "sha256:d", null, path -> before));
    assertTrue(refusal.getMessage().contains("without classAccuracy"), refusal::getMessage);
  }

  /** A file has some figures as doubles, whose digits go on: no checkpoint is worse than itself. */
  @ParameterizedTest
  @ValueSource(ints = {701, 790, 829, 997})
  void aCheckpointMeetsItsOwnFiguresFromAFile(int right) throws IOException {
    Report here = report(entrant("c", right));
    ObjectMapper json = new ObjectMapper();
    Report fromFile = json.readValue(json.writeValueAsBytes(here), Report.class);
    for (Metric metric : Metric.values()) {
      if (here.bestRow().figures().get(metric) != null) {
        String rule = metric.key() + "==baseline";
        Gate gate = gate("other.json", rule).resolve(List.of("c"), "sha256:d", null, p -> fromFile);
        assertTrue(gate.judge(here).passed(), rule);
      }
    }
  }

  @Test
  void aBaselineMayBeACheckpointOfTheSameReport() throws IOException {
    Gate gate = gate("old", "top1>=baseline+0.01");
    Gate resolved = gate.resolve(List.of("new", "old"), "sha256:d", null, path -> null);
    assertTrue(resolved.judge(report(entrant("old", 800), entrant("new", 810))).passed());
    assertEquals(
        new Report.Rule("top1>=baseline+0.01", false, 0.809, 0.81),
        resolved.judge(report(entrant("old", 800), entrant("new", 809))).rules().get(0));
  }

  @Test
  void severalRulesComeRepeatedOrSeparated() {
    Gate gate = gate("", "top1>=0.1,top5>=0.2; records==3", "loss<5");
    assertEquals(
        List.of("top1>=0.1", "top5>=0.2", "records==3", "loss<5"),
        gate.rules().stream().map(GateRule::text).toList());
  }

  @Test
  void aFigureThatIsNotFiniteMeetsNothing() {
    Tally tally = Tally.of("nan", 2);
    tally.add(0, 0, new float[] {Float.NaN, 0}, 0);
    Report report = report(1, LeaderboardTest.entrant(tally, "1"));
    for (String rule : List.of("loss<1000", "loss>=0", "loss!=1", "calibrationError<=1")) {
      Report.Rule judged = gate("", rule).judge(report).rules().get(0);
      assertEquals(false, judged.passed());
      assertNull(judged.found());
    }
  }

  @Test
  void theFailureNamesEveryRuleMissedInOneLine() {
    Report report = report(entrant("epoch-0010", 700));
    Report judged = report.with(gate("", "top1>=0.79", "records==50000", "top5>=0").judge(report));
    QualityGateException failed =
        assertThrows(QualityGateException.class, () -> Gate.require(judged));
    assertEquals(
        "gate failed: top1>=0.79 (epoch-0010 has 0.7); records==50000 (epoch-0010 has 1000)",
        failed.getMessage());
    assertDoesNotThrow(() -> Gate.require(report));
  }

  @ParameterizedTest
  @CsvSource({
    "top1>=79, is a fraction from 0 to 1",
    "top1, expected a rule such as",
    "top1>=, expected a rule such as",
    "top1=>0.5, expected a rule such as",
    "top1>=0.5x, expected a rule such as",
    "top1>=baseline*2, expected a rule such as",
    "precision>=0.5, there is no figure precision",
    "top1>=baseline, needs --baseline",
  })
  void anInvalidRuleIsWrongUsage(String rule, String said) {
    UsageException refused = assertThrows(UsageException.class, () -> gate("", rule));
    assertTrue(refused.getMessage().contains(said), refused::getMessage);
    assertTrue(refused.getMessage().startsWith("--gate"), refused::getMessage);
  }

  @Test
  void aBaselineWithoutUseOrMeaningIsWrongUsage() {
    assertThrows(UsageException.class, () -> gate("old", "top1>=0.5"));
    Gate gate = gate("odl", "top1>=baseline");
    UsageException refused =
        assertThrows(
            UsageException.class,
            () -> gate.resolve(List.of("old"), "sha256:d", null, path -> null));
    assertTrue(refused.getMessage().contains("names are old"), refused::getMessage);
  }

  @Test
  void aBaselineOfAnotherDatasetIsRefused() {
    Gate gate = gate("other.json", "top1>=baseline");
    Report other = report(entrant("released", 831));
    IOException refused =
        assertThrows(
            IOException.class, () -> gate.resolve(List.of("c"), "sha256:e", null, path -> other));
    assertTrue(refused.getMessage().contains("another dataset (sha256:d)"), refused::getMessage);
  }

  @Test
  void aBaselineByOtherRealLabelsIsRefused() throws IOException {
    Gate gate = gate("other.json", "real>=baseline");
    for (String labels : new String[] {null, "sha256:old"}) {
      Report other = report(RECORDS, labels, entrant("released", 831));
      IOException refused =
          assertThrows(
              IOException.class,
              () -> gate.resolve(List.of("c"), "sha256:d", "sha256:new", path -> other));
      assertTrue(refused.getMessage().endsWith("the same --realLabels"), refused::getMessage);
    }
    Report same = report(RECORDS, "sha256:new", entrant("released", 831));
    assertEquals(
        "released",
        gate.resolve(List.of("c"), "sha256:d", "sha256:new", path -> same).row().name());
  }

  @Test
  void aRuleAboutRealLabelsNeedsSome() {
    UsageException refused =
        assertThrows(
            UsageException.class,
            () -> gate("", "real>=0.8").resolve(List.of("c"), "sha256:d", null, path -> null));
    assertEquals("--gate=real>=0.8 needs --realLabels", refused.getMessage());
  }

  private static Gate gate(String baseline, String... rules) {
    VerdictOptions options = PipelineOptionsFactory.as(VerdictOptions.class);
    options.setGate(List.of(rules));
    options.setBaseline(baseline);
    return Gate.of(options);
  }

  private static Report report(Row... entrants) {
    return report(RECORDS, entrants);
  }

  private static Report report(int records, Row... entrants) {
    return report(records, null, entrants);
  }

  private static Report report(int records, String realLabels, Row... entrants) {
    Report.Dataset dataset = new Report.Dataset("/data", "val", "sha256:d", records, List.of());
    Report.Software software = new Report.Software("1", "2", "3");
    return Leaderboard.of(dataset, List.of(entrants), realLabels, software);
  }

  private static Row entrant(String name, int right) {
    Tally tally = Tally.of(name, 7);
    for (int i = 0; i < RECORDS; i++) {
      tally.add(i, 0, new float[] {i < right ? 2 : 0, 1, 0, 0, 0, 0, 0}, 0);
    }
    return LeaderboardTest.entrant(tally, name);
  }
}
