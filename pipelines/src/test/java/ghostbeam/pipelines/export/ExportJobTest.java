package ghostbeam.pipelines.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Scanner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExportJobTest {
  private static final int SIDE = 32;
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir Path folder;

  /** Without gates, which amplify rounding beyond comparison as long as nothing is trained. */
  private final Architecture architecture =
      Preset.GHOSTNET_NOSE_1X.architecture(2).withInputSize(SIDE);

  private final ExportOptions options = PipelineOptionsFactory.as(ExportOptions.class);

  @BeforeEach
  void writeCheckpoint() throws IOException {
    CheckpointInfo info =
        new CheckpointInfo(
            architecture,
            WeightKind.RAW,
            new CheckpointInfo.Training(1, 1, "", ""),
            List.of("n00_cat", "n01_dog"),
            new ValidationView(SIDE, 0.875, Interpolation.OPENCV));
    Path checkpoint = folder.resolve("net.safetensors");
    Checkpoint.write(Storage.local(), checkpoint.toString(), info, architecture.initialWeights(1));
    options.setCheckpoint(checkpoint.toString());
    options.setTo(folder.resolve("net.pt").toString());
  }

  private String export() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ExportJob.run(options, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void refusesTheNameOfAnotherFormat() {
    options.setTo(folder.resolve("net.onnx").toString());
    UsageException refusal = assertThrows(UsageException.class, this::export);
    assertTrue(refusal.getMessage().contains("TorchScript module, whose name ends in .pt"));
    assertFalse(Files.exists(folder.resolve("net.onnx")));
  }

  /** In bf16, processors without AVX-512 round their partial sums too. */
  @ParameterizedTest
  @CsvSource({"float32, 1e-4", "bf16, 0.2"})
  void pythonLoadsItAndGetsTheSameLogits(String precision, double tolerance) throws Exception {
    options.setPrecision(precision);
    assumeTrue(
        Files.isExecutable(Path.of(PYTHON)) && python("import torch").exit() == 0,
        "needs Python with PyTorch, such as Debian's python3-torch");
    String said = export();
    String snippet = said.substring(said.indexOf("In Python:") + 10).stripTrailing().stripIndent();
    Ran used = python(snippet);
    assertEquals(0, used.exit(), used.output());
    assertTrue(used.output().matches("n0[01]_(cat|dog)\n"), used.output());
    assertTrue(said.contains(precision + ". forward takes uint8 images (N,32,32,3)"), said);
    byte[] samples = new byte[SIDE * SIDE * 3];
    new Random(1).nextBytes(samples);
    Path image = Files.write(folder.resolve("image"), samples);

    Ran ran =
        python(
            """
            import torch
            image = torch.frombuffer(bytearray(open('%s', 'rb').read()), dtype=torch.uint8)
            module = torch.jit.load('%s')
            logits = module(image.view(1, %d, %d, 3))
            print(*logits[0].tolist())
            files = {'ghostbeam.json': ''}
            torch.jit.load('%s', _extra_files=files)
            print(module.classes, module.input_size, module.crop_fraction, module.interpolation)
            print(files['ghostbeam.json'].decode())
            for wrong in (image.view(1, 3, %d, %d) / 255, image[:12].view(1, 2, 2, 3)):
              try:
                module(wrong)
              except torch.jit.Error as error:
                print(str(error).strip().splitlines()[-1])
            """
                .formatted(image, options.getTo(), SIDE, SIDE, options.getTo(), SIDE, SIDE));

    assertEquals(0, ran.exit(), ran.output());
    List<String> lines = ran.output().lines().toList();
    assertEquals("['n00_cat', 'n01_dog'] 32 0.875 opencv", lines.get(1));
    assertTrue(lines.get(2).contains("\"classes\":[\"n00_cat\",\"n01_dog\"]"), lines.get(2));
    assertTrue(lines.get(2).endsWith("\"precision\":\"" + precision + "\"}"), lines.get(2));
    String refusal = "ValueError: images are uint8 (N,32,32,3), from 0 to 255, neither scaled";
    assertTrue(lines.get(3).contains(refusal), lines.get(3));
    assertTrue(
        lines.get(3).endsWith("found size [1, 3, 32, 32] of type 6 (0 is uint8, 6 is float32)"),
        lines.get(3));
    assertTrue(
        lines.get(4).endsWith("found size [1, 2, 2, 3] of type 0 (0 is uint8, 6 is float32)"),
        lines.get(4));
    Scanner actual = new Scanner(lines.get(0)).useLocale(Locale.ROOT);
    try (Classifier classifier = Classifier.of(architecture, architecture.initialWeights(1))) {
      ByteBuffer direct = ByteBuffer.allocateDirect(samples.length).put(samples).flip();
      float[] expected = classifier.logits(direct, 1, SIDE);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(
            expected[i], actual.nextDouble(), tolerance * Math.max(1, Math.abs(expected[i])));
      }
    }
  }

  private record Ran(int exit, String output) {}

  private static Ran python(String script) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(PYTHON, "-W", "ignore", "-c", script).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }

  @Test
  void replacesAFileOnlyIfToldTo() throws IOException {
    Files.writeString(Path.of(options.getTo()), "mine");
    IOException e = assertThrows(IOException.class, this::export);
    assertTrue(e.getMessage().contains("--overwrite"), e.getMessage());
    assertEquals("mine", Files.readString(Path.of(options.getTo())));

    options.setOverwrite(true);
    export();
    assertTrue(Files.size(Path.of(options.getTo())) > 1_000_000);
  }

  @Test
  void refusesAnUnknownPrecision() {
    options.setPrecision("fp8");
    UsageException e = assertThrows(UsageException.class, this::export);
    assertTrue(e.getMessage().startsWith("--precision=fp8 "), e::getMessage);
    assertTrue(e.getMessage().endsWith("; expected float32, bf16"), e::getMessage);
    assertFalse(Files.exists(Path.of(options.getTo())));
  }
}
