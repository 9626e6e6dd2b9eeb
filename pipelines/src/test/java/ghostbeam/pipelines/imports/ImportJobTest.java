package ghostbeam.pipelines.imports;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import ghostbeam.pipelines.Main;
import ghostbeam.pipelines.cli.Command;
import ghostbeam.pipelines.cli.CommandLine;
import ghostbeam.pipelines.cli.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ImportJobTest {
  @TempDir Path folder;

  private String run(String... flags) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ImportOptions options =
        CommandLine.parse(Command.named("import", Main.COMMANDS), List.of(flags))
            .as(ImportOptions.class);
    ImportJob.run(options, new PrintStream(printed, true, StandardCharsets.UTF_8));
    return printed.toString(StandardCharsets.UTF_8);
  }

  /** A float32 file as timm saves it. */
  private Path timm(Weights weights) throws IOException {
    StringBuilder head = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (TensorSpec spec : weights.specs()) {
      int begin = data.size();
      ByteBuffer bytes = ByteBuffer.allocate(spec.size() * 4).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(weights.get(spec.name()));
      data.writeBytes(bytes.array());
      head.append(
          ",\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(spec.name(), spec.shape(), begin, data.size()));
    }
    byte[] json = head.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
    file.writeBytes(json);
    file.writeBytes(data.toByteArray());
    return Files.write(folder.resolve("ghostnet_100.safetensors"), file.toByteArray());
  }

  @ParameterizedTest
  @EnumSource(
      value = Preset.class,
      names = {"GHOSTNET_1X", "GHOSTNET_0_5X", "GHOSTNETV2_1X"})
  void writesACheckpointFromTimmsWeights(Preset preset) throws IOException {
    Architecture architecture = preset.architecture(12);
    Weights weights = architecture.initialWeights(4);
    Path from = timm(weights);
    String to = folder.resolve("out/ghostnet.safetensors").toString();
    String printed = run("--from=" + from, "--preset=" + preset.title(), "--to=" + to);
    assertTrue(printed.contains(preset.title() + " for 12 classes"), printed);
    Checkpoint checkpoint = Checkpoint.read(Storage.local(), to);
    assertEquals(architecture, checkpoint.info().architecture());
    assertEquals(Interpolation.TORCHVISION, checkpoint.info().preprocessing().interpolation());
    assertEquals("11", checkpoint.info().classes().get(11));
    for (TensorSpec spec : weights.specs()) {
      assertArrayEquals(weights.get(spec.name()), checkpoint.weights().get(spec.name()));
    }
  }

  /** Such as resnet18, whose last layer is called fc: the message lists more than that. */
  @Test
  void listsAllDifferencesOfANetworkWithoutOurLastLayer() throws IOException {
    Weights weights = Preset.GHOSTNET_0_5X.architecture(12).initialWeights(4);
    List<TensorSpec> others =
        weights.specs().stream().filter(spec -> !spec.name().startsWith("classifier.")).toList();
    Map<String, float[]> values = new HashMap<>();
    others.forEach(spec -> values.put(spec.name(), weights.get(spec.name())));
    String from = "--from=" + timm(new Weights(others, values));
    String to = "--to=" + folder.resolve("no.safetensors");
    IOException failure =
        assertThrows(IOException.class, () -> run(from, "--preset=ghostnet-1x", to));
    String said = failure.getMessage();
    assertTrue(said.contains("conv_stem.weight is F32 [8, 3, 3, 3]"), said);
    assertTrue(said.matches("(?s).*and \\d+ more.*"), said);
    assertTrue(said.length() < 4_000, said);
    IOException headless =
        assertThrows(IOException.class, () -> run(from, "--preset=ghostnet-0.5x", to));
    assertTrue(
        headless.getMessage().endsWith("classifier.weight is missing; classifier.bias is missing"),
        headless::getMessage);
  }

  @Test
  void namesThePresetOfAnotherNetwork() throws IOException {
    Path from = timm(Preset.GHOSTNET_1X.architecture(12).initialWeights(4));
    Path to = folder.resolve("b1.safetensors");
    IOException failure =
        assertThrows(
            IOException.class, () -> run("--from=" + from, "--preset=s-ghostnet-b1", "--to=" + to));
    assertTrue(failure.getMessage().endsWith("give --preset=ghostnet-1x"), failure.getMessage());
    assertTrue(Files.notExists(to));
  }

  @Test
  void replacesAFileOnlyIfToldTo() throws IOException {
    Path from = timm(Preset.GHOSTNET_1X.architecture(12).initialWeights(4));
    Path to = Files.writeString(folder.resolve("mine.safetensors"), "mine");
    // Refused before --from is read: it need not even be there.
    IOException refused =
        assertThrows(IOException.class, () -> run("--from=" + from + "x", "--to=" + to));
    assertTrue(refused.getMessage().startsWith(to + " "), refused::getMessage);
    assertTrue(refused.getMessage().contains("--overwrite"), refused::getMessage);
    assertEquals("mine", Files.readString(to));
    run("--from=" + from, "--to=" + to, "--overwrite=true");
    assertEquals(12, Checkpoint.read(Storage.local(), to.toString()).info().classes().size());
  }

  @Test
  void namesTheInvalidFlag() {
    String message =
        assertThrows(UsageException.class, () -> run("--from=a.ckpt", "--to=b.bin")).getMessage();
    assertTrue(message.contains("--to"), message);
    message =
        assertThrows(
                UsageException.class,
                () -> run("--from=a.ckpt", "--to=b.safetensors", "--preset=resnet50"))
            .getMessage();
    assertTrue(message.contains("ghostnet-1x"), message);
    message =
        assertThrows(
                UsageException.class,
                () -> run("--from=a.ckpt", "--to=b.safetensors", "--preset=ghostnet_100"))
            .getMessage();
    assertTrue(message.endsWith("; did you mean ghostnet-1x?"), message);
  }
}
