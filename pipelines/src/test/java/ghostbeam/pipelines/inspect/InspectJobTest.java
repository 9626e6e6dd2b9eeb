package ghostbeam.pipelines.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.network.Weights;
import ghostbeam.model.record.Example;
import ghostbeam.model.record.Manifest;
import ghostbeam.model.record.ShardNames;
import ghostbeam.model.record.ShardWriter;
import ghostbeam.model.record.Storage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private Path writeDataset(String split) throws IOException {
    String file = ShardNames.shard(split, 0, 1);
    Path path = folder.resolve(file);
    try (ShardWriter writer = new ShardWriter(Storage.local().create(path.toString()))) {
      for (int i = 0; i < 3; i++) {
        byte[] pixels = new byte[(2 + i / 2) * 2 * 3];
        writer.write(
            new Example(
                pixels, "RAW", 2 + i / 2, 2, 3, "RGB", i % 2, CLASSES.get(i % 2), i + ".JPEG"));
      }
      Files.write(folder.resolve(ShardNames.index(file)), writer.index());
      new Manifest(
              Manifest.FORMAT,
              split,
              3,
              CLASSES,
              List.of(2L, 1L),
              7,
              new Manifest.Settings("raw", 0, 95, "none"),
              new Manifest.Source("somewhere", 4, "sha256:00"),
              List.of(writer.shard(file)),
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
    assertEquals(1, split.get("smallestClass").asInt());
    assertEquals(2, split.get("largestClass").asInt());
    assertEquals(1, split.get("rejected").asInt());
    assertTrue(split.get("digest").asText().startsWith("sha256:"));
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
            3,
            120,
            "ema",
            CLASSES,
            "sha256:11",
            "",
            new ValidationView(32, 0.875, Interpolation.PILLOW));
    String path = folder.resolve("epoch-0003.ema.safetensors").toString();
    Checkpoint.write(Storage.local(), path, info, Weights.initial(architecture, 1));
    JsonNode facts = facts(path);
    assertEquals("checkpoint", facts.get("kind").asText());
    assertEquals("ema", facts.get("weights").asText());
    assertEquals(3, facts.get("epoch").asInt());
    assertEquals(2, facts.get("classes").asInt());
    assertEquals("pillow", facts.get("preprocessing").get("interpolation").asText());
  }

  @Test
  void tellsThePublishedSizesOfGhostNet() throws IOException {
    JsonNode facts = facts("ghostnet-1x");
    assertEquals(5_182_508, facts.get("parameters").asLong());
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
}
