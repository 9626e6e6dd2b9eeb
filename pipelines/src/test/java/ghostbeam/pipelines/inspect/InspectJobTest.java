package ghostbeam.pipelines.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.LogLine;
import ghostbeam.model.training.TrainingFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InspectJobTest extends InspectCase {
  @Test
  void showsADatasetsCounts() throws IOException {
    writeDataset();
    JsonNode facts = facts(folder.toString());
    assertEquals("dataset", facts.get("kind").asText());
    JsonNode split = facts.get("splits").get(0);
    assertEquals(1, facts.get("splits").size());
    assertEquals("val", split.get("split").asText());
    assertEquals(3, split.get("records").asInt());
    assertEquals("folder names, in byte order", split.get("labels").asText());
    assertEquals(1, split.get("smallestClass").asInt());
    assertEquals(2, split.get("largestClass").asInt());
    assertEquals(1, split.get("rejected").asInt());
    assertTrue(split.get("digest").asText().startsWith("sha256:"));
    assertEquals(
        facts.get("splits"), facts(folder.resolve("val-manifest.json").toString()).get("splits"));
  }

  /** The command line splits at commas. */
  @Test
  void readsAPathWithACommaAsOne() throws IOException {
    writeDataset();
    Path named = folder.resolveSibling(folder.getFileName() + ",b");
    Files.createSymbolicLink(named, folder);
    InspectOptions options =
        PipelineOptionsFactory.fromArgs("--what=" + named).as(InspectOptions.class);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    InspectJob.run(options, new PrintStream(bytes, true, UTF_8));
    Files.delete(named);
    String said = bytes.toString(UTF_8);
    assertTrue(said.contains(" " + named + "\n"), said);
  }

  @Test
  void readsEveryRecordOfAShard() throws IOException {
    JsonNode facts = facts(writeDataset().toString());
    assertEquals("shard", facts.get("kind").asText());
    assertEquals(3, facts.get("records").asInt());
    assertEquals("2..3", facts.get("width").asText());
    assertEquals(3, facts.get("formats").get("RAW").asInt());
  }

  @Test
  void findsADamagedRecordOfAShard() throws IOException {
    Path shard = writeDataset();
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length - 10] ^= 1;
    Files.write(shard, bytes);
    IOException damage = assertThrows(IOException.class, () -> inspect(shard.toString(), false));
    assertTrue(damage.getMessage().contains(shard.toString()), damage.getMessage());
  }

  @Test
  void showsACheckpointsNetworkAndOrigin() throws IOException {
    Architecture architecture = Preset.GHOSTNET_1X.architecture(2);
    CheckpointInfo info =
        new CheckpointInfo(
            architecture,
            WeightKind.EMA,
            new CheckpointInfo.Training(
                3, 120, "sha256:11", "{\"architecture\":{\"classes\":2},\"epochs\":9}"),
            CLASSES,
            new ValidationView(32, 0.875, Interpolation.PILLOW));
    String path = folder.resolve("epoch-0003.ema.safetensors").toString();
    Checkpoint.write(Storage.local(), path, info, architecture.initialWeights(1));
    JsonNode facts = facts(path);
    assertEquals("checkpoint", facts.get("kind").asText());
    assertEquals("ema", facts.get("weights").asText());
    assertEquals(3, facts.get("epoch").asInt());
    assertEquals(2, facts.get("classes").asInt());
    assertEquals("pillow", facts.get("preprocessing").get("interpolation").asText());
    assertEquals("{\"epochs\":9}", facts.get("recipe").toString());
  }

  /** A training of 2 epochs that was stopped after a step of its second. */
  private TrainingFolder writeTraining() throws IOException {
    TrainingFolder training = new TrainingFolder(folder.resolve("runs/b1").toString());
    Architecture architecture = Preset.GHOSTNET_1X.architecture(2);
    CheckpointInfo info =
        new CheckpointInfo(
            architecture,
            WeightKind.RAW,
            new CheckpointInfo.Training(1, 60, "sha256:11", ""),
            CLASSES,
            new ValidationView(32, 0.875, Interpolation.PILLOW));
    Checkpoint.write(Storage.local(), training.best(), info, architecture.initialWeights(1));
    Files.writeString(
        Path.of(training.recipe()),
        "{\"architecture\":{\"classes\":2},\"epochs\":2,\"lr\":1.0E-4}");
    Files.writeString(
        Path.of(training.log()),
        new LogLine.Epoch(1, 2, 60, 0.7, 2 / 3.0, null, 600, 0, 0).json()
            + "\n"
            + new LogLine.Step(2, 61, 120, 0.5, 0.01, 80, 1.5).json()
            + "\n");
    return training;
  }

  @Test
  void showsATrainingsProgressBestAndRecipe() throws IOException {
    TrainingFolder training = writeTraining();
    JsonNode facts = facts(training.path());
    assertEquals("training", facts.get("kind").asText());
    assertFalse(facts.get("finished").asBoolean());
    assertFalse(facts.get("resumable").asBoolean());
    assertEquals(1, facts.get("epochs").asInt());
    assertEquals(2, facts.get("plannedEpochs").asInt());
    assertEquals(61, facts.get("step").asInt());
    assertEquals(1, facts.get("checkpoints").asInt());
    assertEquals(training.best(), facts.at("/best/uri").asText());
    assertEquals(1, facts.at("/best/epoch").asInt());
    assertEquals(2 / 3.0, facts.at("/best/top1").asDouble());
    assertEquals(
        Sha256.of(Files.readAllBytes(Path.of(training.best()))), facts.at("/best/digest").asText());
    assertEquals(2, facts.get("classes").asInt());
    assertEquals("sha256:11", facts.get("dataset").asText());
    assertEquals(2, facts.get("recipe").size());
    String lines = inspect(training.path(), false);
    assertTrue(lines.contains("  top1                    0.666667\n"), lines);
    assertTrue(lines.contains("  lr                      0.0001\n"), lines);
  }

  @Test
  void namesTheFileOfATrainingThatIsDamaged() throws IOException {
    TrainingFolder training = writeTraining();
    Files.writeString(Path.of(training.recipe()), "[]");
    assertEquals(
        training.recipe() + " is not a training's recipe: expected a JSON object",
        assertThrows(IOException.class, () -> inspect(training.path(), false)).getMessage());
    Files.writeString(Path.of(training.recipe()), "{}");
    Files.writeString(Path.of(training.log()), "{}\n{\"step");
    assertTrue(
        assertThrows(IOException.class, () -> inspect(training.path(), false))
            .getMessage()
            .startsWith(training.log() + " has a line that is not JSON: "));
  }

  @ParameterizedTest
  @CsvSource({
    "ghostnet-1x, 5182508, 141150512",
    "ghostnet-0.5x, 2587292, 42328152",
    "ghostnetv2-1.3x, 8960404, 269322976"
  })
  void showsThePublishedSizes(String preset, long parameters, long multiplyAdds)
      throws IOException {
    JsonNode facts = facts(preset);
    assertEquals(parameters, facts.get("parameters").asLong());
    assertEquals(multiplyAdds, facts.get("multiplyAdds").asLong());
    assertEquals(224, facts.get("inputSize").asInt());
  }

  @Test
  void showsHowAPresetWasTrained() throws IOException {
    JsonNode recipe = facts("s-ghostnet-b4").get("publishedRecipe");
    assertEquals(32, recipe.get("ranks").asInt());
    assertEquals("450", recipe.get("--epochs").asText());
    assertEquals("1024", recipe.get("--lossScale").asText());
    assertTrue(inspect("s-ghostnet-b4", false).contains("  --emaDecay              0.97\n"));
    assertEquals("true", facts("s-ghostnet-b4").get("smallRecipe").get("--emaWarmup").asText());
  }

  @Test
  void alignsFactsForPeople() throws IOException {
    String text = inspect("ghostnet-1x", false);
    assertTrue(text.contains("parameters                5,182,508\n"), text);
  }

  @Test
  void saysWhatItExpectedIfThereIsNothing() throws IOException {
    String nothing = folder.resolve("nothing").toString();
    IOException refusal = assertThrows(IOException.class, () -> inspect(nothing, false));
    assertTrue(refusal.getMessage().contains("presets are ghostnet-1x"), refusal.getMessage());
    Files.createFile(folder.resolve("a.jpg"));
    IOException images = assertThrows(IOException.class, () -> inspect("" + folder, false));
    assertTrue(images.getMessage().endsWith("--input=" + folder), images.getMessage());
  }
}
