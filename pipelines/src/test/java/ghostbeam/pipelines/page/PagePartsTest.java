package ghostbeam.pipelines.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.scoring.Defeat;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.TrainingFolder;
import ghostbeam.pipelines.verdict.Figures;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.Row;
import ghostbeam.pipelines.verdict.VerdictOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagePartsTest {

  @Test
  void confusedPairsComeMostFrequentFirstWithTheirRecords() {
    Tally tally = Tally.of("c", 3);
    int[][] labelAndPredicted = {{0, 1}, {2, 1}, {0, 0}, {0, 1}, {1, 2}, {2, 1}, {0, 2}, {2, 1}};
    for (int record = 0; record < labelAndPredicted.length; record++) {
      float[] logits = new float[3];
      logits[labelAndPredicted[record][1]] = 1;
      tally.add(record, labelAndPredicted[record][0], logits, 0);
    }
    assertEquals(
        List.of(
            new ConfusedPair(2, 1, List.of(1, 5, 7)),
            new ConfusedPair(0, 1, List.of(0, 3)),
            new ConfusedPair(0, 2, List.of(6)),
            new ConfusedPair(1, 2, List.of(4))),
        ConfusedPair.of(tally));
  }

  @Test
  void trainingLogsOfAnyLengthAreThinnedAndKeepTheirEpochs(@TempDir Path folder)
      throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int step = 1; step <= 5000; step++) {
      lines.append("{\"epoch\":1,\"step\":%d,\"loss\":1.5,\"learningRate\":0.1}\n".formatted(step));
    }
    lines.append("{\"epoch\":1,\"step\":5000,\"meanLoss\":1.5,\"top1\":0.25}\n");
    TrainingFolder training = new TrainingFolder(folder.toString());
    Files.writeString(Path.of(training.log()), lines);
    TrainingHistory history =
        TrainingHistory.of(folder.toString(), training.logged(Storage.local())).thin(600, 20);
    assertEquals(600, history.steps().size());
    assertEquals(1, history.steps().get(0).step());
    assertEquals(5000, history.steps().get(599).step());
    assertEquals(1, history.epochs().size());
    assertEquals(0.25, history.epochs().get(0).top1());
    assertNull(history.epochs().get(0).emaTop1());
  }

  @Test
  void theCommandToScoreAgainIsQuotedForAShell() {
    Row one = row("/a b/it's.safetensors", 224);
    Row two = row("gs://c/d.safetensors", 240);
    Report.Dataset data = new Report.Dataset("/data", "val", "", 1, List.of());
    Report report =
        new Report(
            data,
            List.of(one, two, one),
            "",
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    assertEquals(
        List.of(
            """
            ./run evaluate \\
              --data=/data \\
              --split=val \\
              '--checkpoints=/a b/it'\\''s.safetensors' \\
              --inputSize=224 \\
              --cropFraction=0.875 \\
              --interpolation=pillow \\
              --precision=float32 \\
              --output=report\
            """,
            """
            ./run evaluate \\
              --data=/data \\
              --split=val \\
              --checkpoints=gs://c/d.safetensors \\
              --inputSize=240 \\
              --cropFraction=0.875 \\
              --interpolation=pillow \\
              --precision=float32 \\
              --output=report\
            """),
        ScoringCommand.of(report));
  }

  @Test
  void bf16AndRacesAreScoredAgainAsTheyWere() {
    Report.Preprocessing view = new Report.Preprocessing(224, 0.875, "pillow", "bf16", 32);
    Row dropped = row("c", view, new Defeat("best", 1, 2, 3, 4));
    Report.Dataset data = new Report.Dataset("/data", "val", "", 1, List.of());
    Report report =
        new Report(
            data, List.of(dropped), "", null, null, null, null, null, null, null, null, null, null);
    assertTrue(
        ScoringCommand.of(report)
            .get(0)
            .endsWith("--precision=bf16 \\\n  --batchSize=32 \\\n  --race \\\n  --output=report"),
        () -> ScoringCommand.of(report).get(0));
  }

  /** The train split was made with a list that has titles. */
  @Test
  void theDataBringsTitlesOfItsClasses(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("val-manifest.json"), "{}");
    Files.writeString(folder.resolve("train-manifest.json"), "{}");
    Files.writeString(folder.resolve("train-classes.txt"), "n2 hen, chick\n");
    List<String> classes = List.of("n1", "n2");
    Report.Dataset data = new Report.Dataset(folder.toString(), "val", "", 1, classes);
    VerdictOptions options = PipelineOptionsFactory.as(VerdictOptions.class);

    assertEquals(
        List.of("n1", "n2 hen, chick"), ClassTitles.of(Storage.local(), options, data).of(classes));
    Path own = Files.writeString(folder.resolve("val-classes.txt"), "n1\tfox\n");
    assertEquals(
        List.of("n1 fox", "n2"), ClassTitles.of(Storage.local(), options, data).of(classes));
    options.setClassNames(folder.resolve("train-classes.txt").toString());
    assertEquals(
        List.of("n1", "n2 hen, chick"), ClassTitles.of(Storage.local(), options, data).of(classes));
    Files.write(own, new byte[] {(byte) 0xFF, 0});
    options.setClassNames("");
    assertEquals(classes, ClassTitles.of(Storage.local(), options, data).of(classes));
  }

  @Test
  void theAxisEndsAtWholePercents() {
    IntervalAxis axis = new IntervalAxis(0.5, 0.75);
    assertEquals("0.00", axis.at(0.5));
    assertEquals("40.00", axis.at(0.6));
    assertEquals("20.00", axis.width(0.6, 0.65));
  }

  private static Row row(String uri, int inputSize) {
    return row(uri, new Report.Preprocessing(inputSize, 0.875, "pillow", "float32", null), null);
  }

  private static Row row(String uri, Report.Preprocessing view, Defeat partial) {
    return new Row(
        "c",
        uri,
        new Row.Origin("", "", "raw", 1, 1, "", null, null, null, null),
        view,
        new Figures(Map.of()),
        new Row.Standing(null, partial),
        null);
  }
}
