package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.storage.Sha256;
import ghostbeam.pipelines.cli.UsageException;
import ghostbeam.pipelines.cli.Words;
import ghostbeam.pipelines.export.ExportJob;
import ghostbeam.pipelines.export.ExportOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TorchScript modules beside checkpoints. */
class ModuleEvaluationTest {
  /** Modules written by PyTorch's own tools. */
  static final Path MODULES = Path.of("../model/src/test/resources/modules");

  @TempDir static Path root;
  private static Scene scene;

  @BeforeAll
  static void build() throws IOException {
    scene = Scene.ofData(root, 2);
    scene.checkpoint("run/net.safetensors", 3, WeightKind.EMA, Scene.CLASSES, Interpolation.OPENCV);
    export(scene.path("run/net.safetensors"), scene.path("run/net.pt"));
    for (String name : new String[] {"traced.pt", "uint8.pt", "twos.pt", "training.pt"}) {
      Files.copy(MODULES.resolve(name), scene.path("run").resolve(name));
    }
  }

  /** Writes a checkpoint as a module. */
  static void export(Path checkpoint, Path to) throws IOException {
    ExportOptions options = PipelineOptionsFactory.as(ExportOptions.class);
    options.setCheckpoint(checkpoint.toString());
    options.setTo(to.toString());
    ExportJob.run(options, new PrintStream(OutputStream.nullOutputStream(), true));
  }

  private static String checkpoints(String... names) {
    return "--checkpoints="
        + scene.paths(Arrays.stream(names).map(name -> "run/" + name).toArray(String[]::new));
  }

  @Test
  void ourExportScoresAsItsCheckpointAndAForeignModuleAsItsFlagsSay() throws IOException {
    String said =
        scene.evaluateRun(
            "three", checkpoints("net.safetensors", "net.pt", "traced.pt"), "--inputSize=32");
    assertTrue(said.contains("Scoring 3 checkpoints (3 distinct files)"), said);
    assertTrue(said.contains("The classes of traced are matched to the data's by position"), said);
    JsonNode net = row("three", "net");
    JsonNode ours = row("three", "net.pt");
    assertEquals(net.get("top1"), ours.get("top1"));
    assertEquals(net.get("loss").asDouble(), ours.get("loss").asDouble(), 1e-4);
    assertEquals("tiny, TorchScript module", ours.get("architecture").asText());
    assertEquals("ema", ours.get("weights").asText());
    assertEquals(300, ours.get("step").asInt());
    assertEquals(net.get("parameters"), ours.get("parameters"));
    assertEquals(
        "{\"inputSize\":32,\"cropFraction\":0.875,\"interpolation\":\"opencv\",\"precision\":\"float32\","
            + "\"batchSize\":16,\"module\":{\"moduleInput\":\"uint8-nhwc\"}}",
        ours.get("preprocessing").toString());
    JsonNode traced = row("three", "traced");
    assertEquals("TorchScript module", traced.get("architecture").asText());
    assertEquals("by position", traced.get("classes").asText());
    assertEquals(295, traced.get("parameters").asInt());
    assertEquals("module's own", traced.at("/preprocessing/precision").asText());
    assertEquals(
        "{\"moduleInput\":\"float-nchw\",\"mean\":\"0.485,0.456,0.406\",\"std\":\"0.229,0.224,0.225\"}",
        traced.at("/preprocessing/module").toString());
    assertNull(net.at("/preprocessing").get("module"));
    for (String file : new String[] {"report.md", "report.html"}) {
      String text = Files.readString(scene.path("three").resolve(file));
      assertTrue(text.contains("TorchScript module"), file);
      assertTrue(text.contains("float-nchw"), file);
    }
  }

  /** The same network with the normalisation inside; bits may differ, predictions may not. */
  @Test
  void flagsChooseTheFormOfInput() throws IOException {
    scene.evaluateRun("planes", checkpoints("traced.pt"), "--inputSize=32");
    scene.evaluateRun(
        "samples", checkpoints("uint8.pt"), "--inputSize=32", "--moduleInput=uint8-nhwc");
    scene.evaluateRun(
        "other", checkpoints("traced.pt"), "--inputSize=32", "--mean=0,0,0", "--std=1,1,1");
    assertEquals(row("planes", "traced").get("top1"), row("samples", "uint8").get("top1"));
    assertFalse(row("planes", "traced").get("loss").equals(row("other", "traced").get("loss")));
  }

  /** Seven logits of a foreign module on data of five of its classes, as of ImageNet-R. */
  @Test
  void aForeignModuleIsScoredOnPartOfItsClassesOnceTheyAreNamed() throws IOException {
    scene.images("part-images", Scene.CLASSES.subList(1, 6));
    scene.dataset("part", "part-images", 1);
    String data = "--data=" + scene.path("part");
    String refused =
        assertThrows(
                IOException.class,
                () -> scene.evaluateRun("part", checkpoints("traced.pt"), "--inputSize=32", data))
            .getMessage();
    assertTrue(refused.startsWith(scene.path("run/traced.pt") + " does not fit"), refused);
    assertTrue(refused.endsWith("by --moduleClasses=FILE, in the order of its logits"), refused);

    Path list = scene.path("classes.txt");
    Files.writeString(list, String.join(" a fish\n", Scene.CLASSES) + " a fish\n");
    String said =
        scene.evaluateRun(
            "part", checkpoints("traced.pt"), "--inputSize=32", data, "--moduleClasses=" + list);
    assertFalse(said.contains("by position"), said);
    JsonNode row = row("part", "traced");
    assertNull(row.get("classes"));
    assertTrue(row.at("/top1InDataset/correct").asInt() >= row.at("/top1/correct").asInt());

    Files.writeString(list, String.join("\n", Scene.CLASSES.subList(0, 6)));
    String few =
        assertThrows(
                IOException.class,
                () ->
                    scene.evaluateRun(
                        "few",
                        checkpoints("traced.pt"),
                        "--inputSize=32",
                        "--moduleClasses=" + list))
            .getMessage();
    assertTrue(few.endsWith("gives 7 logits, and --moduleClasses names 6 classes"), few);
  }

  /** Names in the order of the logits, whatever order the data has. */
  @Test
  void namesDecideWhichLogitIsWhichClass() throws IOException {
    scene.evaluateRun("position", checkpoints("traced.pt"), "--inputSize=32");
    String manifest = "--moduleClasses=" + scene.path("data/val-manifest.json");
    scene.evaluateRun("named", checkpoints("traced.pt"), "--inputSize=32", manifest);
    assertEquals(row("position", "traced").get("loss"), row("named", "traced").get("loss"));
    List<String> turned = new ArrayList<>(Scene.CLASSES);
    Collections.reverse(turned);
    Path list = Files.write(scene.path("turned.txt"), turned);
    scene.evaluateRun(
        "turned", checkpoints("traced.pt", "net.pt"), "--inputSize=32", "--moduleClasses=" + list);
    JsonNode row = row("turned", "traced");
    assertFalse(row("position", "traced").get("loss").equals(row.get("loss")));

    assertFalse(row("position", "traced").has("moduleClasses"));
    assertFalse(row("turned", "net").has("moduleClasses"), "it names its own");
    String digest = Sha256.of(Files.readAllBytes(list));
    assertEquals(list.toString(), row.at("/moduleClasses/uri").asText());
    assertEquals(digest, row.at("/moduleClasses/digest").asText());
    for (String file : List.of("report.csv", "report.md", "report.html")) {
      String text = Files.readString(scene.path("turned").resolve(file));
      assertTrue(text.contains(list.toString()) && text.contains(digest), file);
    }
    assertTrue(
        Files.readString(scene.path("turned/report.html"))
            .contains("\\\n  --moduleClasses=" + list + " \\\n"));
    List<String> csv = Files.readAllLines(scene.path("turned/report.csv"));
    for (String column : List.of("moduleInput,", "mean,", "std,")) {
      assertTrue(csv.get(0).contains(",preprocessing.module." + column), csv.get(0));
    }
    assertTrue(csv.toString().contains(",float-nchw,\"0.485,0.456,0.406\","), csv::toString);
    assertTrue(csv.toString().contains(",uint8-nhwc,,,"), csv::toString);
  }

  /** Messages of the model name facts; the flags are added here. */
  @Test
  void failuresNameTheFlagsThatHelp() throws IOException {
    Files.copy(MODULES.resolve("weights.pth"), scene.path("run/weights.pth"));
    Map<String, String> remedies =
        Map.of(
            "weights.pth", "./run import --from=" + scene.path("run/weights.pth") + " --preset=",
            "uint8.pt", "; say what it takes with --moduleInput and --inputSize",
            "net.pt", "; leave out --inputSize, which the module states");
    remedies.forEach(
        (name, remedy) -> {
          String said =
              Words.oneLine(
                  assertThrows(
                      IOException.class,
                      () -> scene.evaluateRun("helped", checkpoints(name), "--inputSize=48")));
          assertTrue(said.contains(remedy), said);
        });
  }

  /** A batch of planes takes four times the bytes of its samples. */
  @Test
  void aBatchOfPlanesTooLargeForItsBufferIsWrongUsage() {
    UsageException refused =
        assertThrows(
            UsageException.class,
            () ->
                scene.evaluateRun(
                    "large", checkpoints("traced.pt"), "--inputSize=500", "--batchSize=1000"));
    assertTrue(refused.getMessage().contains("715 images of that size"), refused::getMessage);
  }

  @Test
  void flagsOfModulesWithoutAModuleAreWrongUsage() {
    UsageException refused =
        assertThrows(
            UsageException.class,
            () -> scene.evaluateRun("none", checkpoints("net.safetensors"), "--mean=0,0,0"));
    assertTrue(refused.getMessage().startsWith("--mean=0,0,0 "), refused::getMessage);
    refused =
        assertThrows(
            UsageException.class,
            () ->
                scene.evaluateRun(
                    "none", checkpoints("uint8.pt"), "--moduleInput=uint8-nhwc", "--std=1,1,1"));
    assertTrue(refused.getMessage().startsWith("--std=1,1,1 "), refused::getMessage);
  }

  /** Code must not run just because it lies in a folder. */
  @Test
  void aFolderDoesNotIncludeItsModules() throws IOException {
    assertTrue(scene.evaluateRun("folder").contains("Scoring 1 checkpoints"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "twos.pt     | shape '[2, 8]' is invalid",
        "training.pt | depend on the rest of the batch",
      })
  void aModulesOwnFailureIsReportedWithItsName(String name, String words) {
    IOException failure =
        assertThrows(
            IOException.class,
            () -> scene.evaluateRun("failed", checkpoints(name), "--inputSize=32"));
    String said = failure.getMessage();
    assertTrue(said.startsWith(scene.path("run/" + name) + " "), said);
    assertTrue(said.contains(words), said);
    assertFalse(said.contains("\n"), said);
    assertFalse(Files.exists(scene.path("failed/report.json")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--moduleInput=float-nhwc",
        "--mean=0.5",
        "--mean=123,117,104",
        "--std=0,1,1",
        "--std=a,b,c"
      })
  void wrongFlagsAreWrongUsage(String flag) {
    UsageException refused =
        assertThrows(
            UsageException.class, () -> scene.evaluateRun("wrong", checkpoints("traced.pt"), flag));
    assertTrue(refused.getMessage().startsWith(flag + " is invalid; "), refused::getMessage);
  }

  private static JsonNode row(String output, String name) throws IOException {
    return scene.row(output, name);
  }
}
