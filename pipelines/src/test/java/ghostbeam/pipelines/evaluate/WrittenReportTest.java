package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.record.Example;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.QualityGateException;
import ghostbeam.pipelines.inspect.InspectJob;
import ghostbeam.pipelines.inspect.InspectOptions;
import ghostbeam.pipelines.page.Browser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that an evaluation leaves and what it prints. */
class WrittenReportTest {
  @TempDir static Path root;
  private static Scene scene;

  @BeforeAll
  static void build() throws IOException {
    scene = Scene.ofFourCheckpoints(root);
    scene.evaluateRun("reference");
  }

  @Test
  void writesWhatTheContractSays() throws IOException {
    JsonNode report = scene.report("reference");
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
            "classAccuracy",
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
        List.of("inputSize", "cropFraction", "interpolation", "precision"),
        fields(best.get("preprocessing")));
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

  @Test
  void copiesOfAFileAreReportedUnderEachName() throws IOException {
    JsonNode best = scene.row("reference", "best");
    JsonNode epoch = scene.row("reference", "epoch-0002");
    for (String figure : List.of("digest", "top1", "top5", "loss", "versusBest", "tied")) {
      assertEquals(epoch.get(figure), best.get(figure));
    }
    String markdown = Files.readString(scene.path("reference/report.md"));
    assertTrue(markdown.contains("The same file, scored once: best, epoch-0002."), markdown);
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

    String printed = scene.evaluateRun("generous", "--realLabels=" + scene.path("generous.json"));
    JsonNode real = scene.report("generous").at("/checkpoints/0/real");
    assertEquals(List.of("records", "correct", "rate", "low", "high"), fields(real));
    assertEquals(Scene.RECORDS - 9, real.get("records").asInt());
    assertEquals(Scene.RECORDS - 9, real.get("correct").asInt());
    assertTrue(scene.report("generous").get("realLabels").asText().startsWith("sha256:"));
    assertTrue(printed.contains("| ReaL % |"), printed);

    scene.evaluateRun("strict", "--realLabels=" + scene.path("strict.json"));
    for (JsonNode row : scene.report("strict").get("checkpoints")) {
      assertEquals(row.at("/top1/correct"), row.at("/real/correct"));
      assertEquals(row.at("/top1/low"), row.at("/real/low"));
    }

    String missing = generous.fieldNames().next();
    String said = refusal("lacking.json", generous.deepCopy().without(missing).toString());
    assertTrue(
        said.contains("lacking.json has no list of labels for image '" + missing + "'; it has 62"),
        said);
    ObjectNode others = json.createObjectNode();
    others.putArray("n01/ILSVRC2012_val_00000001.JPEG").add(1);
    others.putArray("x".repeat(100)).add(1);
    assertEquals(
        "%s has no list of labels for image '%s'; it has 2 names: 'n01/ILSVRC2012_val_00000001.JPEG', '%s…'; expected an image's own name, or its class's, a slash and its own"
            .formatted(scene.path("others.json"), firstImage(), "x".repeat(80)),
        refusal("others.json", others.toString()));
    assertEquals(
        "%s has no list of labels for image '%s'; it has 2 lists, which stand for images called ILSVRC2012_val_00000001.JPEG and so on"
            .formatted(scene.path("list.json"), firstImage()),
        refusal("list.json", "[[1],[2]]"));
  }

  private static String refusal(String labels, String json) throws IOException {
    Files.writeString(scene.path(labels), json);
    return assertThrows(
            IOException.class,
            () -> scene.evaluateRun("refused", "--realLabels=" + scene.path(labels)))
        .getMessage();
  }

  private static String firstImage() throws IOException {
    try (Dataset dataset = Dataset.open(Storage.local(), scene.path("data").toString(), "val")) {
      Example example = dataset.read(0);
      return example.synset() + "/" + example.filename();
    }
  }

  /** The published real.json: a list by the number in the image's name. */
  @Test
  void realLabelsMayBeListedByTheNumberOfTheImage() throws IOException {
    scene.images("numbered", Scene.CLASSES);
    ArrayNode labels = new ObjectMapper().createArrayNode();
    try (Stream<Path> images = Files.walk(scene.path("numbered"))) {
      for (Path image : images.filter(Files::isRegularFile).sorted().toList()) {
        String ending = labels.size() % 2 == 0 ? ".JPEG" : "_n01440764.JPEG"; // Hugging Face's
        String name = "ILSVRC2012_val_%08d".formatted(labels.size() + 1) + ending;
        labels.addArray().add(Scene.CLASSES.indexOf(image.getParent().getFileName().toString()));
        Files.move(image, image.resolveSibling(name));
      }
    }
    scene.dataset("numbered-data", "numbered", 2);
    Files.writeString(scene.path("list.json"), labels.toString());
    scene.evaluateRun(
        "numbered-out",
        "--data=" + scene.path("numbered-data"),
        "--realLabels=" + scene.path("list.json"));
    for (JsonNode row : scene.report("numbered-out").get("checkpoints")) {
      assertEquals(row.at("/top1/correct"), row.at("/real/correct"));
      assertEquals(Scene.RECORDS, row.at("/real/records").asInt());
    }
  }

  @Test
  void thePageShowsScoresAndPicturesOfConfusedImages(@TempDir Path profile) {
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
  void theCsvAgreesWithTheJson() throws IOException {
    CSVFormat format = CSVFormat.Builder.create().setHeader().setSkipHeaderRecord(true).build();
    try (CSVParser csv =
        format.parse(Files.newBufferedReader(scene.path("reference/report.csv")))) {
      assertEquals(58, csv.getHeaderNames().size());
      for (CSVRecord line : csv) {
        JsonNode row = scene.row("reference", line.get("name"));
        for (String column : csv.getHeaderNames()) {
          JsonNode value = row.at("/" + column.replace('.', '/'));
          assertEquals(value.asText(), line.get(column), column);
        }
      }
    }
  }

  @Test
  void aMissedGateIsWrittenAndFailsTheJob() throws IOException {
    String met = scene.evaluateRun("met", "--gate=records==63,top1>=0");
    assertTrue(met.contains("Gate: records==63 met"), met);
    assertEquals(2, scene.report("met").at("/gate/rules").size());
    QualityGateException failed =
        assertThrows(
            QualityGateException.class,
            () ->
                scene.evaluateRun(
                    "missed",
                    "--gate=top1>=baseline+0.5",
                    "--baseline=" + scene.path("met/report.json")));
    assertTrue(failed.getMessage().startsWith("gate failed: top1>=baseline+0.5"));
    assertFalse(scene.report("missed").at("/gate/passed").asBoolean());
    String markdown = Files.readString(scene.path("missed/report.md"));
    assertTrue(markdown.contains("- Gate `top1>=baseline+0.5`: **not met**, found 0."), markdown);
  }

  @Test
  void printsTheTableAndWhereTheReportIs() throws IOException {
    String printed = scene.evaluateRun("printed");
    assertTrue(printed.contains("Scoring 4 checkpoints (3 distinct files) on 63 records"), printed);
    assertTrue(printed.contains("| checkpoint     | epoch | weights | Top-1 % |"), printed);
    assertTrue(printed.contains("| Top-5 % | class mean % |"), printed);
    assertTrue(printed.contains("Report: " + scene.path("printed/report.json")), printed);
  }

  @Test
  void inspectShowsItsResults() throws IOException {
    JsonNode report = scene.report("reference");
    for (String what : List.of("reference", "reference/report.json")) {
      InspectOptions options = PipelineOptionsFactory.as(InspectOptions.class);
      options.setWhat(List.of(scene.path(what).toString()));
      options.setJson(true);
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      InspectJob.run(options, new PrintStream(said, true, StandardCharsets.UTF_8));
      JsonNode facts = new ObjectMapper().readTree(said.toByteArray());
      assertEquals("evaluation", facts.get("kind").asText());
      assertEquals(4, facts.get("checkpoints").asInt());
      assertEquals(report.at("/dataset/digest"), facts.at("/dataset/digest"));
      assertEquals(Scene.RECORDS, facts.at("/dataset/records").asInt());
      assertEquals(report.get("best"), facts.at("/best/name"));
      assertEquals(report.at("/checkpoints/0/digest"), facts.at("/best/digest"));
      assertEquals(report.at("/checkpoints/0/top1/rate"), facts.at("/best/top1/rate"));
      assertEquals(report.at("/oneStandardError/choice"), facts.get("simplestAsGood"));
    }
  }

  private static List<String> fields(JsonNode node) {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }
}
