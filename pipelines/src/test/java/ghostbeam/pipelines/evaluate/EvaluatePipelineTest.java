package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.record.Example;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.pipelines.cli.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores, and that they are the same however the job is run. */
class EvaluatePipelineTest {
  @TempDir static Path root;
  private static Scene scene;

  @BeforeAll
  static void build() throws IOException {
    scene = Scene.ofFourCheckpoints(root);
    scene.evaluateRun("reference", "--predictions");
    ModuleEvaluationTest.export(
        scene.path("run/checkpoints/epoch-0001.safetensors"), scene.path("ours.pt"));
    scene.evaluateRun("modules", withModules());
  }

  /** The figures come from the same classes, but by a loop without Beam, one image at a time. */
  @Test
  void agreesWithAPlainLoop() throws Exception {
    JsonNode rows = scene.report("reference").get("checkpoints");
    for (JsonNode row : rows) {
      Tally tally = plainLoop(row.get("uri").asText());
      assertEquals(tally.top1().correct(), row.at("/top1/correct").asLong());
      assertEquals(tally.top5().correct(), row.at("/top5/correct").asLong());
      assertEquals(tally.loss(), row.get("loss").asDouble(), 1e-6 * tally.loss());
      assertEquals(tally.calibrationError(), row.get("calibrationError").asDouble(), 1e-5);
    }
  }

  private static String[] withModules() {
    String checkpoints = scene.path("run") + "," + scene.path("ours.pt") + ",";
    String traced = ModuleEvaluationTest.MODULES.resolve("traced.pt").toString();
    return new String[] {
      "--predictions", "--checkpoints=" + checkpoints + traced, "--inputSize=32"
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--runner=DirectRunner --targetParallelism=1",
        "--runner=DirectRunner --targetParallelism=2",
        "--runner=DirectRunner --targetParallelism=4",
        "--runner=FlinkRunner --parallelism=1",
        "--runner=FlinkRunner --parallelism=2",
        "--runner=FlinkRunner --parallelism=4"
      })
  void anyRunnerAtAnyParallelismWritesTheSameBytes(String flags) throws IOException {
    String output = "same" + flags.hashCode();
    List<String> all = new ArrayList<>(List.of(flags.split(" ")));
    all.addAll(List.of(withModules()));
    scene.evaluateRun(output, all.toArray(String[]::new));
    assertEquals(scene.contents("modules"), scene.contents(output));
  }

  /** Including those of a file's copy, and nothing else. */
  @Test
  void everyCheckpointHasItsPredictions() throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonNode row : scene.report("reference").get("checkpoints")) {
      String name = row.get("name").asText();
      names.add(name + ".csv.gz");
      int right = 0;
      int records = 0;
      for (String line : predictions("reference", name)) {
        String[] cells = line.split(",", -1);
        right += cells[2].equals(cells[3]) ? 1 : 0;
        assertEquals(cells[2], cells[1].substring(0, 3));
        assertEquals(Integer.toString(records++), cells[0]);
      }
      assertEquals(Scene.RECORDS, records);
      assertEquals(row.at("/top1/correct").asInt(), right);
    }
    try (Stream<Path> files = Files.list(scene.path("reference/predictions"))) {
      assertEquals(
          names.stream().sorted().toList(),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    UsageException refused =
        assertThrows(
            UsageException.class, () -> scene.evaluateRun("raced", "--predictions", "--race"));
    assertTrue(refused.getMessage().startsWith("--predictions"), refused::getMessage);
  }

  private static List<String> predictions(String output, String name) throws IOException {
    Path file = scene.path(output).resolve("predictions").resolve(name + ".csv.gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).toList();
    }
  }

  @Test
  void oneShardAndSevenScoreTheSame() throws IOException {
    for (int shards : new int[] {1, 7}) {
      scene.dataset("data" + shards, "images", shards);
      scene.evaluate(
          "--data=" + scene.path("data" + shards),
          "--checkpoints=" + scene.path("run"),
          "--output=" + scene.path("shards" + shards));
    }
    JsonNode reference = scene.report("reference").get("checkpoints");
    assertEquals(reference, scene.report("shards1").get("checkpoints"));
    assertEquals(reference, scene.report("shards7").get("checkpoints"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 25, 64})
  void noFigureDependsOnTheBatchSize(int batchSize) throws IOException {
    String output = "batch" + batchSize;
    scene.evaluateRun(output, "--batchSize=" + batchSize, "--predictions");
    assertEquals(scene.contents("reference"), scene.contents(output));
  }

  /** In one pass, and with memory for 20 at a time in four. */
  @Test
  void sixtyFourCheckpointsScoreTheSameInOnePassAndInSeveral() throws IOException {
    for (int i = 0; i < 64; i++) {
      String file = "many/c%02d.safetensors".formatted(i);
      scene.checkpoint(file, 100 + i, WeightKind.RAW, Scene.CLASSES, Interpolation.PILLOW);
    }
    String many = "--checkpoints=" + scene.path("many");
    String slot = "--targetParallelism=1";
    long each = Classifier.bytes(Scene.tiny(Scene.CLASSES.size()), 1);
    String memory = "--modelMemory=" + 20 * each + "b";
    String once = scene.evaluateRun("once", many, slot, "--predictions");
    String often = scene.evaluateRun("often", many, slot, "--predictions", memory);
    assertTrue(once.contains("split val: 1 pass, "), once);
    assertTrue(often.contains("split val: 4 passes, "), often);
    assertEquals(64, scene.report("once").get("checkpoints").size());
    assertEquals(scene.contents("once"), scene.contents("often"));

    scene.evaluateRun("one", "--checkpoints=" + scene.path("many/c07.safetensors"));
    JsonNode alone = scene.report("one").at("/checkpoints/0");
    JsonNode among = scene.row("once", "c07");
    for (String figure : List.of("top1", "top5", "loss", "calibrationError", "records")) {
      assertEquals(alone.get(figure), among.get(figure));
    }
  }

  @Test
  void eachCheckpointSeesImagesAsItWasValidated() throws IOException {
    String path = "/preprocessing/interpolation";
    assertEquals("opencv", scene.row("reference", "epoch-0001").at(path).asText());
    assertEquals("pillow", scene.row("reference", "epoch-0002").at(path).asText());
  }

  @Test
  void flagsReplaceWhatTheCheckpointSays() throws IOException {
    scene.evaluateRun("flags", "--interpolation=opencv", "--inputSize=40", "--cropFraction=1");
    for (JsonNode row : scene.report("flags").get("checkpoints")) {
      assertEquals(
          "{\"inputSize\":40,\"cropFraction\":1.0,\"interpolation\":\"opencv\",\"precision\":\"float32\"}",
          row.get("preprocessing").toString());
    }
    assertNotEquals(
        scene.row("reference", "epoch-0002").get("loss"),
        scene.row("flags", "epoch-0002").get("loss"));
  }

  @Test
  void bf16IsMarkedAndItsChangedPredictionsAreCounted() throws IOException {
    String printed = scene.evaluateRun("both", "--precision=bf16,float32");
    JsonNode report = scene.report("both");
    JsonNode reference = scene.report("reference").get("checkpoints");
    assertEquals(2 * reference.size(), report.get("checkpoints").size());
    JsonNode exact = scene.row("both", "epoch-0002");
    JsonNode rounded = scene.row("both", "epoch-0002.bf16");
    assertEquals(scene.row("reference", "epoch-0002").get("loss"), exact.get("loss"));
    assertEquals("bf16", rounded.at("/preprocessing/precision").asText());
    assertNotEquals(exact.get("loss"), rounded.get("loss"));
    assertEquals(1, rounded.get("loss").asDouble() / exact.get("loss").asDouble(), 0.02);
    for (JsonNode pair : report.get("rounding")) {
      assertEquals(pair.get("float32").asText() + ".bf16", pair.get("bf16").asText());
      String line =
          "bf16 changes %d of %d predictions of %s%n"
              .formatted(
                  pair.get("changed").asLong(),
                  report.at("/dataset/records").asLong(),
                  pair.get("float32").asText());
      assertTrue(printed.contains(line), printed);
    }
    // Copies of a file make one pair.
    long files = reference.findValuesAsText("digest").stream().distinct().count();
    assertEquals(files, report.get("rounding").size());
    assertTrue(Files.readString(scene.path("both/report.md")).contains("bf16 changes "));

    scene.evaluateRun("rounded", "--precision=bf16");
    JsonNode alone = scene.row("rounded", "epoch-0002.bf16");
    assertEquals(rounded.get("loss"), alone.get("loss"));
    assertTrue(scene.report("rounded").path("rounding").isMissingNode());
  }

  @Test
  void refusesAnUnknownPrecision() {
    UsageException e =
        assertThrows(
            UsageException.class, () -> scene.evaluateRun("fp8", "--precision=float32,fp8"));
    assertTrue(e.getMessage().startsWith("--precision=fp8 "), e::getMessage);
    assertTrue(e.getMessage().endsWith("; expected float32, bf16"), e::getMessage);
  }

  @Test
  void weightsChooseAmongRawAndAveraged() throws IOException {
    scene.evaluateRun("ema", "--weights=ema");
    JsonNode rows = scene.report("ema").get("checkpoints");
    assertEquals(1, rows.size());
    assertEquals("epoch-0002.ema", rows.get(0).get("name").asText());
  }

  @Test
  void aCheckpointOfNaNsRanksLastAndIsMarked() throws IOException {
    scene.checkpointOfNaNs("nan/exploded.safetensors");
    String printed =
        scene.evaluateRun("nan", "--checkpoints=" + scene.path("run") + "," + scene.path("nan"));
    JsonNode last = scene.report("nan").at("/checkpoints/4");
    assertEquals("exploded", last.get("name").asText());
    assertEquals(0, last.at("/top5/correct").asInt());
    assertTrue(last.get("loss").isNull());
    assertTrue(last.get("calibrationError").isNull());
    assertTrue(printed.contains("not finite"), printed);
    String markdown = Files.readString(scene.path("nan/report.md"));
    assertTrue(markdown.contains("**exploded** gave logits that are not finite"), markdown);
  }

  private static Tally plainLoop(String uri) throws Exception {
    Checkpoint checkpoint = Checkpoint.read(Storage.local(), uri);
    Tally tally = Tally.of("plain", Scene.CLASSES.size());
    try (Classifier classifier = Classifier.load(checkpoint, Precision.FLOAT32);
        Dataset dataset = Dataset.open(Storage.local(), scene.path("data").toString(), "val")) {
      for (int record = 0; record < Scene.RECORDS; record++) {
        Example example = dataset.read(record);
        ByteBuffer image = ByteBuffer.allocateDirect(32 * 32 * 3);
        Pixels decoded = Codec.best().decode(example.encoded());
        image.put(checkpoint.info().preprocessing().apply(decoded).rgb());
        tally.add(record, example.label(), classifier.logits(image.flip(), 1, 32), 0);
      }
    }
    return tally;
  }
}
