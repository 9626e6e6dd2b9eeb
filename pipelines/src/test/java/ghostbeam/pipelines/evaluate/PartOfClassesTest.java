package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.record.Example;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.Weights;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.pipelines.cli.QualityGateException;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.report.ReportJob;
import ghostbeam.pipelines.report.ReportOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data of 4 of a network's 10 classes, as ImageNet-R and -A have 200 of 1,000. */
class PartOfClassesTest {
  private static final List<String> DATA = List.of("n01", "n03", "n06", "n07");
  private static final List<String> KNOWN =
      List.of("n09", "n07", "n02", "n03", "n00", "n01", "n08", "n04", "n06", "n05");

  @TempDir static Path root;
  private static Scene scene;

  @BeforeAll
  static void build() throws IOException {
    scene = new Scene(root);
    scene.images("images", DATA);
    scene.dataset("data", "images", 2);
    for (int seed = 1; seed <= 3; seed++) {
      checkpoint("c" + seed, seed, KNOWN);
    }
    scene.evaluateRun("report");
  }

  private static void checkpoint(String name, long seed, List<String> classes) throws IOException {
    scene.checkpoint(
        "run/" + name + ".safetensors", seed, WeightKind.RAW, classes, Interpolation.PILLOW);
  }

  @Test
  void bothTopOnesAreThoseOfAnIndependentPass() throws Exception {
    for (JsonNode row : scene.report("report").get("checkpoints")) {
      Checkpoint file = Checkpoint.read(Storage.local(), row.get("uri").asText());
      int all = 0;
      int masked = 0;
      try (Classifier classifier = Classifier.load(file, Precision.FLOAT32);
          Dataset dataset = Dataset.open(Storage.local(), scene.path("data").toString(), "val")) {
        for (long record = 0; record < 36; record++) {
          Example example = dataset.read(record);
          byte[] rgb =
              file.info()
                  .preprocessing()
                  .apply(new ExampleDecoder(Codec.best()).decode(example))
                  .rgb();
          float[] logits =
              classifier.logits(ByteBuffer.allocateDirect(rgb.length).put(rgb).flip(), 1, 32);
          Comparator<Integer> byLogit = Comparator.comparingDouble(i -> logits[i]);
          int own = KNOWN.indexOf(example.synset());
          all += IntStream.range(0, 10).boxed().max(byLogit).orElseThrow() == own ? 1 : 0;
          int best = DATA.stream().map(KNOWN::indexOf).max(byLogit).orElseThrow();
          masked += best == own ? 1 : 0;
        }
      }
      assertEquals(all, row.at("/top1/correct").asInt());
      assertEquals(masked, row.at("/top1InDataset/correct").asInt());
      assertEquals(masked / 36.0, row.at("/top1InDataset/rate").asDouble());
      assertTrue(row.at("/top1InDataset/low").asDouble() < masked / 36.0);
      assertFalse(row.has("classes"), "all are matched by name");
    }
  }

  @Test
  void everyFileHasTheBestAmongTheDatasClassesWithPairedTests() throws IOException {
    JsonNode report = scene.report("report");
    String best = report.get("bestInDataset").asText();
    int most = 0;
    for (JsonNode row : report.get("checkpoints")) {
      most = Math.max(most, row.at("/top1InDataset/correct").asInt());
      JsonNode versus = row.get("versusBestInDataset");
      assertEquals(
          row.get("name").asText().equals(best),
          versus.get("onlyBest").asInt() == 0 && versus.get("p").asDouble() == 1);
    }
    for (JsonNode row : report.get("checkpoints")) {
      if (row.get("name").asText().equals(best)) {
        assertEquals(most, row.at("/top1InDataset/correct").asInt());
      }
    }
    String csv = Files.readString(scene.path("report/report.csv"));
    assertTrue(csv.lines().findFirst().orElseThrow().contains(",top1InDataset.rate,"), csv);
    String text = Files.readString(scene.path("report/report.md"));
    assertTrue(text.contains("in-dataset %"), text);
    assertTrue(text.contains("Among the data's classes alone"), text);
    assertTrue(
        Files.readString(scene.path("report/report.html")).contains("In-dataset %</button>"));
  }

  @Test
  void itsGateAppliesToTheBestByTopOneAndIsRefusedIfThereIsNoSuchFigure() throws IOException {
    scene.evaluateRun("gated", "--gate=top1InDataset>=0.01");
    assertThrows(
        QualityGateException.class,
        () -> scene.evaluateRun("missed", "--gate=top1InDataset>=0.99"));
    scene.checkpoint("same/c.safetensors", 1, WeightKind.RAW, DATA, Interpolation.PILLOW);
    UsageException refused =
        assertThrows(
            UsageException.class,
            () ->
                scene.evaluateRun(
                    "none", "--checkpoints=" + scene.path("same"), "--gate=top1InDataset>=0.5"));
    assertTrue(
        refused.getMessage().contains("no checkpoint knows more classes"), refused::getMessage);
    assertFalse(scene.report("gated").toString().contains("\"top1InDataset\":null"));
  }

  /** The last layer's rows in another order, with their classes' names: the same network. */
  @Test
  void classesAreMatchedByNameInAnyOrder() throws IOException {
    List<String> other = List.of("n07", "n01", "n06", "n03");
    scene.checkpoint("order/a.safetensors", 1, WeightKind.RAW, DATA, Interpolation.PILLOW);
    Checkpoint file =
        Checkpoint.read(Storage.local(), scene.path("order/a.safetensors").toString());
    Weights weights = file.weights();
    reorder(weights.get("classifier.weight"), other);
    reorder(weights.get("classifier.bias"), other);
    CheckpointInfo info = file.info();
    Checkpoint.write(
        Storage.local(),
        scene.path("order/b.safetensors").toString(),
        new CheckpointInfo(
            info.architecture(), info.weights(), info.training(), other, info.preprocessing()),
        weights);
    scene.evaluateRun("order-report", "--checkpoints=" + scene.path("order"));
    JsonNode report = scene.report("order-report");
    JsonNode one = report.at("/checkpoints/0");
    JsonNode two = report.at("/checkpoints/1");
    assertNotEquals(one.get("digest"), two.get("digest"));
    assertEquals(one.get("top1"), two.get("top1"));
    assertEquals(one.get("loss"), two.get("loss"));
    assertFalse(one.has("top1InDataset"));
    assertFalse(one.has("versusBestInDataset"));
    assertFalse(report.has("bestInDataset"));
  }

  /** Puts the rows of classes in {@link #DATA}'s order into another. */
  private static void reorder(float[] rows, List<String> classes) {
    int width = rows.length / classes.size();
    float[] old = rows.clone();
    for (int i = 0; i < classes.size(); i++) {
      System.arraycopy(old, DATA.indexOf(classes.get(i)) * width, rows, i * width, width);
    }
  }

  /** As import names them without --data. */
  @Test
  void classesThatAreOnlyNumbersAreMatchedByPosition() throws IOException {
    List<String> numbers = List.of("0", "1", "2", "3");
    scene.checkpoint("named/n.safetensors", 1, WeightKind.RAW, DATA, Interpolation.PILLOW);
    scene.checkpoint("numbered/n.safetensors", 1, WeightKind.RAW, numbers, Interpolation.PILLOW);
    scene.evaluateRun("by-name", "--checkpoints=" + scene.path("named"));
    String said = scene.evaluateRun("by-number", "--checkpoints=" + scene.path("numbered"));
    assertTrue(said.contains("matched to the data's by position"), said);
    JsonNode row = scene.row("by-number", "n");
    assertEquals("by position", row.get("classes").asText());
    JsonNode named = scene.row("by-name", "n");
    assertEquals(named.get("top1"), row.get("top1"));
    assertFalse(named.has("classes"));
    for (String file : List.of("report.md", "report.html")) {
      String text = Files.readString(scene.path("by-number").resolve(file));
      assertTrue(text.contains("by position"), file);
    }
    ReportOptions join = PipelineOptionsFactory.as(ReportOptions.class);
    join.setEvaluations(scene.path("by-number").toString());
    join.setOutput(scene.path("joined").toString());
    ReportJob.run(join, new PrintStream(OutputStream.nullOutputStream(), true));
    assertEquals("by position", scene.row("joined", "n").get("classes").asText());
  }

  @Test
  void noOverlapOrOnlyPartOfTheClassesIsOneLine() throws IOException {
    refused("cat, dog, hen, fox", "it knows none of the data's 4 classes, such as n01");
    refused("n01, n03, n06, cat, dog", "it knows 3 of the data's 4 classes, but not n07");
    refused("0, 1, 2, 3, 4", "its own are only numbers");
  }

  private static void refused(String classes, String expected) throws IOException {
    scene.checkpoint(
        "other/c.safetensors",
        1,
        WeightKind.RAW,
        List.of(classes.split(", ")),
        Interpolation.PILLOW);
    IOException refused =
        assertThrows(
            IOException.class,
            () -> scene.evaluateRun("never", "--checkpoints=" + scene.path("other")));
    assertTrue(refused.getMessage().contains(expected), refused::getMessage);
    assertTrue(refused.getMessage().contains("other/c.safetensors"), refused::getMessage);
    assertFalse(refused.getMessage().contains("\n"), refused::getMessage);
    assertFalse(Files.exists(scene.path("never/report.json")));
  }
}
