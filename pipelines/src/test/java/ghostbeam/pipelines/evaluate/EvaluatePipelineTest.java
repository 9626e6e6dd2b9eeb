package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.record.Dataset;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.Storage;
import ghostbeam.model.scoring.Tally;
import ghostbeam.pipelines.QualityGateException;
import ghostbeam.pipelines.UsageException;
import ghostbeam.pipelines.page.Browser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluatePipelineTest {
  @TempDir static Path root;
  private static Scene scene;

  @BeforeAll
  static void build() throws IOException {
    scene = new Scene(root);
    scene.images("images", Scene.CLASSES);
    scene.dataset("data", "images", 3);
    checkpoint("epoch-0001", 1, "raw", Interpolation.OPENCV);
    checkpoint("epoch-0002", 2, "raw", Interpolation.PILLOW);
    checkpoint("epoch-0002.ema", 3, "ema", Interpolation.PILLOW);
    Files.copy(
        scene.path("run/checkpoints/epoch-0002.safetensors"),
        scene.path("run/checkpoints/best.safetensors"));
    Files.createDirectories(scene.path("run/state"));
    Files.writeString(scene.path("run/state/optimizer.safetensors"), "no checkpoint");
    evaluate("reference");
  }

  @Test
  void writesWhatTheContractSays() throws IOException {
    JsonNode report = report("reference");
    assertEquals(
        List.of(
            "dataset",
            "checkpoints",
            "best",
            "gate",
            "software",
            "oneStandardError",
            "averaging",
            "undecodable"),
        fields(report));
    assertEquals(
        List.of("uri", "split", "digest", "records", "classes"), fields(report.get("dataset")));
    assertEquals(Scene.RECORDS, report.at("/dataset/records").asInt());
    assertEquals(4, report.get("checkpoints").size());
    JsonNode best = report.at("/checkpoints/0");
    assertEquals(
        List.of(
            "name",
            "uri",
            "digest",
            "architecture",
            "weights",
            "epoch",
            "step",
            "records",
            "top1",
            "top5",
            "loss",
            "calibrationError",
            "preprocessing",
            "versusBest",
            "tied",
            "parameters",
            "smoothedLoss",
            "notFinite",
            "trainedOn",
            "recipe"),
        fields(best));
    assertEquals(List.of("correct", "rate", "low", "high"), fields(best.get("top1")));
    assertEquals(List.of("onlyThis", "onlyBest", "p", "pHolm"), fields(best.get("versusBest")));
    assertEquals(
        List.of("inputSize", "cropFraction", "interpolation"), fields(best.get("preprocessing")));
    assertEquals(report.get("best"), best.get("name"));
    assertTrue(best.get("tied").asBoolean());
    assertEquals(List.of("version", "beam", "djl"), fields(report.get("software")));
    assertTrue(report.at("/software/version").asText().matches("\\d.*"), report::toString);
    assertEquals("2.70.0", report.at("/software/beam").asText());
    assertTrue(report.at("/gate/passed").asBoolean());
    for (String file :
        List.of("report.csv", "report.md", "report.html", "tallies/epoch-0001.tally")) {
      assertTrue(Files.size(scene.path("reference").resolve(file)) > 0, file);
    }
    assertEquals(5, Files.readAllLines(scene.path("reference/report.csv")).size());
  }

  /** The figures come from the same classes, but by a loop without Beam, one image at a time. */
  @Test
  void agreesWithAPlainLoop() throws Exception {
    JsonNode rows = report("reference").get("checkpoints");
    for (JsonNode row : rows) {
      Tally tally = plainLoop(row.get("uri").asText());
      assertEquals(tally.top1().correct(), row.at("/top1/correct").asLong());
      assertEquals(tally.top5().correct(), row.at("/top5/correct").asLong());
      assertEquals(tally.loss(), row.get("loss").asDouble(), 1e-6 * tally.loss());
      assertEquals(tally.calibrationError(), row.get("calibrationError").asDouble(), 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--runner=DirectRunner --targetParallelism=1",
        "--runner=DirectRunner --targetParallelism=4",
        "--runner=FlinkRunner --parallelism=1",
        "--runner=FlinkRunner --parallelism=2"
      })
  void anyRunnerAtAnyParallelismWritesTheSameBytes(String flags) throws IOException {
    String output = "same" + flags.hashCode();
    evaluate(output, flags.split(" "));
    assertEquals(scene.contents("reference"), scene.contents(output));
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
    JsonNode reference = report("reference").get("checkpoints");
    assertEquals(reference, report("shards1").get("checkpoints"));
    assertEquals(reference, report("shards7").get("checkpoints"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 25, 64})
  void noPredictionDependsOnTheBatchSize(int batchSize) throws IOException {
    evaluate("batch" + batchSize, "--batchSize=" + batchSize);
    JsonNode reference = report("reference").get("checkpoints");
    JsonNode found = report("batch" + batchSize).get("checkpoints");
    for (int i = 0; i < reference.size(); i++) {
      for (String figure : List.of("name", "top1", "top5", "versusBest")) {
        assertEquals(reference.get(i).get(figure), found.get(i).get(figure));
      }
      double loss = reference.get(i).get("loss").asDouble();
      assertEquals(loss, found.get(i).get("loss").asDouble(), 1e-6 * loss);
    }
  }

  @Test
  void copiesOfAFileAreReportedUnderEachName() throws IOException {
    JsonNode rows = report("reference").get("checkpoints");
    JsonNode best = row(rows, "best");
    JsonNode epoch = row(rows, "epoch-0002");
    for (String figure : List.of("digest", "top1", "top5", "loss", "versusBest", "tied")) {
      assertEquals(epoch.get(figure), best.get(figure));
    }
    String markdown = Files.readString(scene.path("reference/report.md"));
    assertTrue(markdown.contains("The same file, scored once: best, epoch-0002."), markdown);
  }

  @Test
  void eachCheckpointSeesImagesAsItWasValidated() throws IOException {
    JsonNode rows = report("reference").get("checkpoints");
    assertEquals("opencv", row(rows, "epoch-0001").at("/preprocessing/interpolation").asText());
    assertEquals("pillow", row(rows, "epoch-0002").at("/preprocessing/interpolation").asText());
  }

  @Test
  void flagsReplaceWhatTheCheckpointSays() throws IOException {
    evaluate("flags", "--interpolation=opencv", "--inputSize=40", "--cropFraction=1");
    for (JsonNode row : report("flags").get("checkpoints")) {
      assertEquals(
          "{\"inputSize\":40,\"cropFraction\":1.0,\"interpolation\":\"opencv\"}",
          row.get("preprocessing").toString());
    }
    assertNotEquals(
        row(report("reference").get("checkpoints"), "epoch-0002").get("loss"),
        row(report("flags").get("checkpoints"), "epoch-0002").get("loss"));
  }

  @Test
  void weightsChooseAmongRawAndAveraged() throws IOException {
    evaluate("ema", "--weights=ema");
    JsonNode rows = report("ema").get("checkpoints");
    assertEquals(1, rows.size());
    assertEquals("epoch-0002.ema", rows.get(0).get("name").asText());
  }

  @Test
  void aCheckpointOfNaNsRanksLastAndIsMarked() throws IOException {
    scene.checkpointOfNaNs("nan/exploded.safetensors");
    String printed =
        evaluate("nan", "--checkpoints=" + scene.path("run") + "," + scene.path("nan"));
    JsonNode last = report("nan").at("/checkpoints/4");
    assertEquals("exploded", last.get("name").asText());
    assertEquals(0, last.at("/top5/correct").asInt());
    assertTrue(last.get("loss").isNull());
    assertTrue(last.get("calibrationError").isNull());
    assertTrue(printed.contains("not finite"), printed);
    String markdown = Files.readString(scene.path("nan/report.md"));
    assertTrue(markdown.contains("**exploded** gave logits that are not finite"), markdown);
  }

  /** Labels that make every answer right, or every one wrong, and none for one class. */
  @Test
  void realLabelsGiveASecondTopOne() throws Exception {
    ObjectMapper json = new ObjectMapper();
    ObjectNode generous = json.createObjectNode();
    ObjectNode strict = json.createObjectNode();
    try (Dataset dataset = Dataset.open(Storage.local(), scene.path("data").toString(), "val")) {
      for (int record = 0; record < Scene.RECORDS; record++) {
        Example example = dataset.read(record);
        String name = example.synset() + "/" + example.filename();
        ArrayNode all = generous.putArray(name);
        for (int label = 0; label < 7 && example.label() > 0; label++) {
          all.add(label);
        }
        strict.putArray(name).add(example.label());
      }
    }
    Files.writeString(scene.path("generous.json"), generous.toString());
    Files.writeString(scene.path("strict.json"), strict.toString());

    String printed = evaluate("generous", "--realLabels=" + scene.path("generous.json"));
    JsonNode real = report("generous").at("/checkpoints/0/real");
    assertEquals(List.of("records", "correct", "rate", "low", "high"), fields(real));
    assertEquals(Scene.RECORDS - 9, real.get("records").asInt());
    assertEquals(Scene.RECORDS - 9, real.get("correct").asInt());
    assertTrue(report("generous").get("realLabels").asText().startsWith("sha256:"));
    assertTrue(printed.contains("| ReaL % |"), printed);

    evaluate("strict", "--realLabels=" + scene.path("strict.json"));
    for (JsonNode row : report("strict").get("checkpoints")) {
      assertEquals(row.at("/top1/correct"), row.at("/real/correct"));
      assertEquals(row.at("/top1/low"), row.at("/real/low"));
    }

    ObjectNode lacking = generous.deepCopy();
    lacking.remove(generous.fieldNames().next());
    Files.writeString(scene.path("lacking.json"), lacking.toString());
    IOException refused =
        assertThrows(
            IOException.class,
            () -> evaluate("lacking", "--realLabels=" + scene.path("lacking.json")));
    assertTrue(refused.getMessage().contains("has no list of labels for"), refused::getMessage);
  }

  /** The published real.json: a list by the number in the image's name. */
  @Test
  void realLabelsMayBeListedByTheNumberOfTheImage() throws IOException {
    scene.images("numbered", Scene.CLASSES);
    ArrayNode labels = new ObjectMapper().createArrayNode();
    try (Stream<Path> images = Files.walk(scene.path("numbered"))) {
      for (Path image : images.filter(Files::isRegularFile).sorted().toList()) {
        String name = "ILSVRC2012_val_%08d.JPEG".formatted(labels.size() + 1);
        labels.addArray().add(Scene.CLASSES.indexOf(image.getParent().getFileName().toString()));
        Files.move(image, image.resolveSibling(name));
      }
    }
    scene.dataset("numbered-data", "numbered", 2);
    Files.writeString(scene.path("list.json"), labels.toString());
    evaluate(
        "numbered-out",
        "--data=" + scene.path("numbered-data"),
        "--realLabels=" + scene.path("list.json"));
    for (JsonNode row : report("numbered-out").get("checkpoints")) {
      assertEquals(row.at("/top1/correct"), row.at("/real/correct"));
      assertEquals(Scene.RECORDS, row.at("/real/records").asInt());
    }
  }

  @Test
  void thePageShowsWhatWasScoredWithPicturesOfWhatWasConfused(@TempDir Path profile) {
    try (Browser browser = Browser.start(profile)) {
      browser.open(scene.path("reference/report.html"));
      List<String> names = browser.seen("#ranking tbody th");
      assertEquals(4, names.size());
      assertTrue(names.contains("epoch-0002.ema tied") || names.contains("epoch-0002.ema best"));
      int pictures = browser.all(".pictures img").size();
      assertTrue(pictures > 12, () -> pictures + " pictures");
      assertEquals(
          Integer.toString(pictures),
          browser.text(
              "[...document.querySelectorAll('.pictures img')]"
                  + ".filter(i => i.complete && i.naturalWidth === 144).length"));
      assertTrue(browser.one("#provenance").getText().contains("All could be decoded."));
      assertEquals(List.of(), browser.console());
      assertEquals(List.of(), browser.requests());
    }
  }

  @Test
  void theCsvSaysWhatTheJsonSays() throws IOException {
    JsonNode rows = report("reference").get("checkpoints");
    CSVFormat format = CSVFormat.Builder.create().setHeader().setSkipHeaderRecord(true).build();
    try (CSVParser csv =
        format.parse(Files.newBufferedReader(scene.path("reference/report.csv")))) {
      assertEquals(35, csv.getHeaderNames().size());
      for (CSVRecord line : csv) {
        JsonNode row = row(rows, line.get("name"));
        for (String column : csv.getHeaderNames()) {
          JsonNode value = row.at("/" + column.replace('.', '/'));
          assertEquals(value.asText(), line.get(column), column);
        }
      }
    }
  }

  @Test
  void aGateIsWrittenAndEndsTheJobWhereItIsMissed() throws IOException {
    String met = evaluate("met", "--gate=records==63,top1>=0");
    assertTrue(met.contains("Gate: records==63 met"), met);
    assertEquals(2, report("met").at("/gate/rules").size());
    QualityGateException failed =
        assertThrows(
            QualityGateException.class,
            () ->
                evaluate(
                    "missed",
                    "--gate=top1>=baseline+0.5",
                    "--baseline=" + scene.path("met/report.json")));
    assertTrue(failed.getMessage().startsWith("gate failed: top1>=baseline+0.5"));
    assertFalse(report("missed").at("/gate/passed").asBoolean());
    String markdown = Files.readString(scene.path("missed/report.md"));
    assertTrue(markdown.contains("- Gate `top1>=baseline+0.5`: **not met**, found 0."), markdown);
  }

  @Test
  void printsTheTableAndWhereTheReportIs() throws IOException {
    String printed = evaluate("printed");
    assertTrue(printed.contains("Scoring 4 checkpoints (3 distinct files) on 63 records"), printed);
    assertTrue(printed.contains("| checkpoint     | epoch | weights | Top-1 % |"), printed);
    assertTrue(printed.contains("Report: " + scene.path("printed/report.json")), printed);
  }

  @Test
  void refusesAnOutputThatHoldsAReportUnlessToldTo() throws IOException {
    evaluate("twice");
    String before = scene.contents("twice");
    UsageException refused = assertThrows(UsageException.class, () -> evaluate("twice"));
    assertTrue(refused.getMessage().contains("--overwrite"), refused::getMessage);
    Files.writeString(scene.path("twice/tallies/stale.tally"), "stale");
    evaluate("twice", "--overwrite");
    assertEquals(before, scene.contents("twice"));
  }

  @Test
  void aMissingShardFailsByName() throws IOException {
    copyData("missing");
    Files.delete(shard("missing"));
    assertFailsWithoutReport("missing", "val-00001-of-00003.tfrecord");
  }

  @Test
  void aCorruptRecordFailsByShardNumberAndOffset() throws IOException {
    copyData("corrupt");
    byte[] bytes = Files.readAllBytes(shard("corrupt"));
    bytes[100] ^= 1;
    Files.write(shard("corrupt"), bytes);
    assertFailsWithoutReport(
        "corrupt", "val-00001-of-00003.tfrecord", "record 21", "offset 0", "corrupt");
  }

  @Test
  void aCheckpointOfAnotherClassCountIsRefusedBeforeWork() throws IOException {
    scene.checkpoint(
        "other/six.safetensors", 4, "raw", Scene.CLASSES.subList(0, 6), Interpolation.PILLOW);
    assertRefused(
        "six",
        "other/six.safetensors",
        "other/six.safetensors knows 6 classes",
        scene.path("data").toString(),
        "has 7");
  }

  @Test
  void aCheckpointOfOtherClassesIsRefusedBeforeWork() throws IOException {
    scene.checkpoint(
        "renamed/x.safetensors",
        4,
        "raw",
        List.of("n01", "n02", "n03", "cat", "n05", "n06", "n07"),
        Interpolation.PILLOW);
    assertRefused("renamed", "renamed/x.safetensors", "class 3 is cat", "but n04");
  }

  @Test
  void pathsWithoutCheckpointsAreRefusedByName() {
    assertRefused("nothing", "nowhere", "nowhere holds no checkpoint");
    assertRefused("nothing", "images", "images holds no checkpoint");
    assertRefused("nothing", "run/checkpoints/none-*.safetensors", "holds no checkpoint");
    assertRefused("nothing", "run/state/optimizer.safetensors", "optimizer.safetensors");
  }

  @Test
  void aMissingSplitIsRefusedByName() {
    IOException refused =
        assertThrows(IOException.class, () -> evaluate("nosplit", "--split=test"));
    assertTrue(refused.getMessage().contains("test"), refused::getMessage);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--batchSize=0",
        "--inputSize=4",
        "--cropFraction=1.5",
        "--interpolation=lanczos",
        "--weights=best",
        "--gate=top1>=80",
        "--baseline=best",
        "--data=",
        "--output=",
        "--checkpoints="
      })
  void wrongFlagsAreWrongUsage(String flag) {
    UsageException refused = assertThrows(UsageException.class, () -> evaluate("wrong", flag));
    assertTrue(refused.getMessage().contains(flag.replaceFirst("=.*", "")), refused::getMessage);
  }

  private static void assertRefused(String output, String checkpoints, String... expected) {
    assertFails(output, scene.path("data"), scene.path(checkpoints), expected);
  }

  private static void assertFailsWithoutReport(String data, String... expected) {
    assertFails("out-" + data, scene.path(data), scene.path("run"), expected);
  }

  private static void assertFails(String output, Path data, Path checkpoints, String... expected) {
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                scene.evaluate(
                    "--data=" + data,
                    "--checkpoints=" + checkpoints,
                    "--output=" + scene.path(output)));
    for (String part : expected) {
      assertTrue(failure.getMessage().contains(part), failure::getMessage);
    }
    assertFalse(failure.getMessage().contains("\n"), failure::getMessage);
    assertFalse(Files.exists(scene.path(output).resolve("report.json")));
  }

  private static String evaluate(String output, String... flags) throws IOException {
    Map<String, String> byName = new LinkedHashMap<>();
    byName.put("--data", "--data=" + scene.path("data"));
    byName.put("--checkpoints", "--checkpoints=" + scene.path("run"));
    byName.put("--output", "--output=" + scene.path(output));
    for (String flag : flags) {
      byName.put(flag.replaceFirst("=.*", ""), flag);
    }
    return scene.evaluate(byName.values().toArray(String[]::new));
  }

  private static Tally plainLoop(String uri) throws Exception {
    Checkpoint checkpoint = Checkpoint.read(Storage.local(), uri);
    Tally tally = Tally.of("plain", Scene.CLASSES.size());
    try (Classifier classifier = Classifier.load(checkpoint);
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

  private static void checkpoint(
      String name, long seed, String weights, Interpolation interpolation) throws IOException {
    scene.checkpoint(
        "run/checkpoints/" + name + ".safetensors", seed, weights, Scene.CLASSES, interpolation);
  }

  private static void copyData(String name) throws IOException {
    Files.createDirectories(scene.path(name));
    try (Stream<Path> files = Files.list(scene.path("data"))) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            scene.path(name).resolve(file.getFileName()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static Path shard(String data) {
    return scene.path(data).resolve("val-00001-of-00003.tfrecord");
  }

  private static JsonNode report(String output) throws IOException {
    return new ObjectMapper().readTree(scene.path(output).resolve("report.json").toFile());
  }

  private static JsonNode row(JsonNode rows, String name) {
    for (JsonNode row : rows) {
      if (row.get("name").asText().equals(name)) {
        return row;
      }
    }
    throw new AssertionError("no row " + name + " in " + rows);
  }

  private static List<String> fields(JsonNode node) {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }
}
