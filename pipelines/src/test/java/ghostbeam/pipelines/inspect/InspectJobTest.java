package ghostbeam.pipelines.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import ghostbeam.model.augmentation.Augmentation;
import ghostbeam.model.augmentation.ColorJitter;
import ghostbeam.model.augmentation.ContactSheet;
import ghostbeam.model.augmentation.TrainingView;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.dataset.Dataset;
import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.input.ExampleDecoder;
import ghostbeam.model.input.SampleOrder;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.storage.Sha256;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.training.LogLine;
import ghostbeam.model.training.TrainingFolder;
import ghostbeam.pipelines.cli.UsageException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InspectJobTest {
  private static final List<String> CLASSES = List.of("n00_cat", "n01_dog");

  @TempDir Path folder;

  private static String inspect(String what, boolean json) throws IOException {
    InspectOptions options = PipelineOptionsFactory.as(InspectOptions.class);
    options.setWhat(List.of(what));
    options.setJson(json);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    InspectJob.run(options, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static JsonNode facts(String what) throws IOException {
    return JsonMapper.builder().build().readTree(inspect(what, true));
  }

  /** A dataset of one shard with three images, one of them wider; returns the shard's path. */
  private Path writeDataset() throws IOException {
    return writeDataset("val");
  }

  /** Of black images. */
  private Path writeDataset(String split) throws IOException {
    return writeDataset(split, null);
  }

  private Path writeDataset(String split, Random noise) throws IOException {
    String file = DatasetFolder.shard(split, 0, 1);
    Path path = folder.resolve(file);
    try (ShardWriter writer = new ShardWriter(Storage.local().create(path.toString()))) {
      for (int i = 0; i < 3; i++) {
        byte[] pixels = new byte[(2 + i / 2) * 2 * 3];
        if (noise != null) {
          noise.nextBytes(pixels);
        }
        writer.write(
            new Example(
                pixels, "RAW", 2 + i / 2, 2, 3, "RGB", i % 2, CLASSES.get(i % 2), i + ".JPEG"));
      }
      Files.write(folder.resolve(DatasetFolder.index(file)), writer.index());
      new Manifest(
              Manifest.FORMAT,
              split,
              3,
              CLASSES,
              List.of(2L, 1L),
              7,
              new Manifest.Settings("raw", 0, 95, "none"),
              new Manifest.Source("somewhere", 4, "sha256:00"),
              List.of(Manifest.Shard.of(file, writer)),
              1,
              "")
          .withDigest()
          .write(Storage.local(), folder.toString());
    }
    return path;
  }

  @Test
  void tellsADatasetsCounts() throws IOException {
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
  }

  /** The command line takes them apart. */
  @Test
  void takesAPathWithACommaWhole() throws IOException {
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
  void tellsACheckpointsNetworkAndOrigin() throws IOException {
    Architecture architecture = Preset.GHOSTNET_1X.architecture(2);
    CheckpointInfo info =
        new CheckpointInfo(
            architecture,
            WeightKind.EMA,
            new CheckpointInfo.Training(3, 120, "sha256:11", ""),
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
            + new LogLine.Moment(2, 61, 120, 0.5, 0.01, 80).json()
            + "\n");
    return training;
  }

  @Test
  void tellsATrainingsProgressBestAndRecipe() throws IOException {
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
        training.recipe() + " is no recipe of a training: expected a JSON object",
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
  void tellsThePublishedSizes(String preset, long parameters, long multiplyAdds)
      throws IOException {
    JsonNode facts = facts(preset);
    assertEquals(parameters, facts.get("parameters").asLong());
    assertEquals(multiplyAdds, facts.get("multiplyAdds").asLong());
    assertEquals(224, facts.get("inputSize").asInt());
  }

  @Test
  void tellsHowAPresetWasTrained() throws IOException {
    JsonNode recipe = facts("s-ghostnet-b4").get("publishedRecipe");
    assertEquals(32, recipe.get("ranks").asInt());
    assertEquals("450", recipe.get("--epochs").asText());
    assertEquals("1024", recipe.get("--lossScale").asText());
    assertTrue(inspect("s-ghostnet-b4", false).contains("  --emaDecay              0.97\n"));
  }

  @Test
  void alignsFactsForPeople() throws IOException {
    String text = inspect("ghostnet-1x", false);
    assertTrue(text.contains("parameters                5,182,508\n"), text);
  }

  @Test
  void saysWhatItExpectedWhereNothingIs() {
    String nothing = folder.resolve("nothing").toString();
    IOException refusal = assertThrows(IOException.class, () -> inspect(nothing, false));
    assertTrue(refusal.getMessage().startsWith(nothing + " holds no finished dataset; expected"));
  }

  @Test
  void drawsASheetOfAugmentedImages() throws IOException {
    writeDataset("train");
    Path sheet = folder.resolve("sheet.png");
    Path other = folder.resolve("other.png");
    for (Path path : List.of(sheet, other)) {
      InspectOptions options = PipelineOptionsFactory.as(InspectOptions.class);
      options.setWhat(List.of(folder.toString()));
      options.setContactSheet(path.toString());
      options.setInputSize(16);
      options.setAutoaugment(path.equals(other));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      InspectJob.run(options, new PrintStream(bytes, true, StandardCharsets.UTF_8));
      assertTrue(bytes.toString(StandardCharsets.UTF_8).contains(path.toString()));
    }
    BufferedImage image = ImageIO.read(sheet.toFile());
    assertEquals(10 * (16 + 4) + 4, image.getWidth());
    assertEquals(3 * (16 + 4) + 4, image.getHeight());
    assertEquals(0xFFFFFF, image.getRGB(0, 0) & 0xFFFFFF);
    assertEquals(0, image.getRGB(10, 10) & 0xFFFFFF);
    assertNotEquals(-1, Files.mismatch(sheet, other));
  }

  /** Of a jitter that does nothing, the draws alone would change the flips. */
  @ParameterizedTest
  @CsvSource({"0, torchvision", "0.5, pillow", "0, opencv"})
  void aSheetShowsWhatTrainingSees(double jitter, String interpolation) throws IOException {
    writeDataset("train", new Random(3));
    Path sheet = folder.resolve("sheet.png");
    InspectOptions options =
        PipelineOptionsFactory.fromArgs(
                "--what=" + folder,
                "--contactSheet=" + sheet,
                "--inputSize=16",
                "--seed=5",
                "--colorJitter=" + jitter,
                "--interpolation=" + interpolation)
            .as(InspectOptions.class);
    InspectJob.run(options, new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
    Interpolation bicubic = Interpolation.valueOf(interpolation.toUpperCase(Locale.ROOT));
    TrainingView view =
        new TrainingView(
            16, 0.08, bicubic, jitter == 0 ? Augmentation.NONE : new ColorJitter(jitter));
    List<List<Pixels>> rows = new ArrayList<>();
    try (Dataset dataset = Dataset.open(Storage.local(), folder.toString(), "train")) {
      for (int record = 0; record < 3; record++) {
        Pixels image = new ExampleDecoder(Codec.best()).decode(dataset.read(record));
        List<Pixels> row =
            new ArrayList<>(List.of(new ValidationView(16, 1, bicubic).apply(image)));
        for (int epoch = 1; epoch <= 9; epoch++) {
          row.add(view.apply(image, SampleOrder.random(5, epoch, record)));
        }
        rows.add(row);
      }
    } catch (UndecodableImageException e) {
      throw new IOException(e);
    }
    assertArrayEquals(ContactSheet.png(rows), Files.readAllBytes(sheet));
  }

  @Test
  void aSheetNamesTheBicubicsThereAre() {
    InspectOptions options =
        PipelineOptionsFactory.fromArgs(
                "--what=" + folder, "--contactSheet=sheet.png", "--interpolation=lanczos")
            .as(InspectOptions.class);
    assertEquals(
        "--interpolation=lanczos cannot be; expected one of opencv, pillow, torchvision",
        assertThrows(
                UsageException.class,
                () ->
                    InspectJob.run(
                        options, new PrintStream(new ByteArrayOutputStream(), true, UTF_8)))
            .getMessage());
  }
}
