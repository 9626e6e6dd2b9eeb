package ghostbeam.model.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.torchscript.Precision;
import ghostbeam.model.torchscript.TorchScript;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Modules written by PyTorch's own tools, see {@code make_modules.py}. */
final class ModuleFormatTest {
  private static final int SIDE = 32;
  static final ModuleInput PLANES = ModuleInput.Planes.IMAGENET;
  private static final ModuleInput SAMPLES = new ModuleInput.Samples();

  static byte[] file(String name) throws IOException {
    try (InputStream in = ModuleFormatTest.class.getResourceAsStream("/modules/" + name)) {
      return in.readAllBytes();
    }
  }

  private static ModelFile read(String name, byte[] file, ModuleInput input) throws IOException {
    return ModelFormats.read(
        "m/" + name,
        file,
        own -> new ValidationView(SIDE, own.cropFraction(), own.interpolation()),
        input,
        2);
  }

  static String refusal(String name, byte[] file, ModuleInput input) {
    String said = assertThrows(IOException.class, () -> read(name, file, input)).getMessage();
    assertTrue(said.startsWith("m/" + name), said);
    assertFalse(said.contains("\n"), said);
    return said;
  }

  private static ByteBuffer images(int count) {
    byte[] samples = new byte[count * SIDE * SIDE * 3];
    new Random(7).nextBytes(samples);
    return ByteBuffer.allocateDirect(samples.length).put(samples).flip();
  }

  @Test
  void aNetworkGivesTheSameLogitsHoweverItWasExported() throws IOException {
    float[] expected = null;
    for (String name : List.of("traced.pt", "scripted.pth", "uint8.pt")) {
      byte[] file = file(name);
      ModelFile model = read(name, file, name.startsWith("uint8") ? SAMPLES : PLANES);
      assertEquals("TorchScript module", model.info().title());
      assertEquals(List.of("0", "1", "2", "3", "4", "5", "6"), model.info().classes());
      assertEquals(3 * 8 * 9 + 2 * 8 + 8 * 7 + 7, model.info().parameters());
      assertTrue(model.loader().memoryBytes() > 3L * file.length, model::toString);
      try (Classifier classifier = model.loader().load(name, file, Precision.FLOAT32)) {
        assertEquals(7, classifier.classes());
        float[] logits = classifier.logits(images(3), 3, SIDE);
        expected = expected == null ? logits : expected;
        assertEquals(3 * 7, logits.length);
        assertArrayEquals(expected, logits, 1e-4f);
      }
    }
  }

  /** Bit-identical to torchvision's arithmetic, with each step rounded to float32. */
  @Test
  void planesAreNormalisedAsTorchvisionDoes() {
    ModuleInput.Planes planes =
        new ModuleInput.Planes(List.of(0f, 0.5f, 0.25f), List.of(1f, 0.5f, 0.1f));
    ByteBuffer images = ByteBuffer.wrap(new byte[] {0, 51, (byte) 255, 1, (byte) 128, 7});
    FloatBuffer seen = FloatBuffer.allocate(6);
    planes.put(images, 2, seen);
    float[] expected = {
      0,
      1 / 255f,
      (51 / 255f - 0.5f) / 0.5f,
      (128 / 255f - 0.5f) / 0.5f,
      (1 - 0.25f) / 0.1f,
      (7 / 255f - 0.25f) / 0.1f
    };
    assertArrayEquals(expected, seen.array(), 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.pt | depend on the rest of the batch",
        "dropout.pt  | depend on the rest of the batch",
        "pair.pt     | it returns 2 tensors, not logits alone",
        "maps.pt     | it returns a tensor (2, 8, 16, 16), not logits (2, classes)",
        "fixed.pt    | shape '[1, 8]' is invalid for input of size 16",
        "throws.pt   | only 17 pixels a side, found 32; it was given two images as float-nchw of side 32",
        "uint8.pt    | ; it was given two images as float-nchw of side 32",
        "cuda.pt     | has the device cuda:0 in its code",
        "vision.pt   | calls torchvision::nms",
        "weights.pth | holds weights and no code",
      })
  void rejectsWhatCannotBeScoredInOneLine(String name, String words) throws IOException {
    String said = refusal(name, file(name), PLANES);
    assertTrue(said.contains(words), said);
  }

  /** DJL converts some outputs to lists of tensors and throws various exceptions for others. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Dict[str, Dict[str, Tensor]] | {'a': {'b': torch.mean(x, [2, 3])}}",
        "Dict[int, Tensor]            | {1: torch.mean(x, [2, 3])}",
        "float                        | 0.5",
        "str                          | 'cat'",
        "Optional[Tensor]             | None",
        "Tuple[Tensor, NoneType]      | (torch.mean(x, [2, 3]), None)",
        "List[int]                    | [1, 2]",
        "Tensor                       | torch.complex(torch.mean(x, [2, 3]), torch.mean(x, [2, 3]))",
        "Tensor                       | torch.argsort(torch.mean(x, [2, 3]))",
      })
  void anyInvalidOutputIsReportedWithTheModulesPath(String type, String answer) throws IOException {
    String code =
        "class Throws(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
            + "  _is_full_backward_hook : Optional[bool]\n"
            + "  def forward(self: __torch__.Throws,\n    x: Tensor) -> "
            + type
            + ":\n    return "
            + answer.replace('\'', '"')
            + "\n";
    byte[] file =
        changed(
            "throws.pt",
            "throws/code/__torch__.py",
            old -> code.getBytes(StandardCharsets.US_ASCII));
    String said = refusal("a.pt", file, PLANES);
    assertTrue(said.matches("m/a.pt (cannot be scored: it returns|failed:) .+"), said);
  }

  /**
   * Its quantisation steps depend on all images of a batch, and so do its logits, by some
   * hundredths.
   */
  @Test
  void dynamicQuantisationIsNotMistakenForTrainingMode() throws IOException {
    assertEquals(7, read("quantised.pt", file("quantised.pt"), PLANES).info().classes().size());
  }

  /** PyTorch's ScalarType numbers of float16 and float64. */
  @ParameterizedTest
  @ValueSource(ints = {5, 7})
  void acceptsFloat16AndFloat64Logits(int type) throws IOException {
    byte[] file =
        changed(
            "throws.pt",
            "throws/code/__torch__.py",
            code ->
                new String(code, StandardCharsets.US_ASCII)
                    .replace("17", "32")
                    .replace(
                        "torch.mean(x, [2, 3])",
                        "torch.to(torch.mean(x, [2, 3]), %d)".formatted(type))
                    .getBytes(StandardCharsets.US_ASCII));
    assertEquals(3, read("a.pt", file, PLANES).info().classes().size());
  }

  /** 64 modules in 16 slots would take gigabytes. */
  @Test
  void aThreadHasOneInputBufferForAnyNumberOfModules() throws IOException {
    byte[] file = file("traced.pt");
    try (Classifier first = Classifier.of("a.pt", file, PLANES, 7);
        Classifier second = Classifier.of("b.pt", file, PLANES, 7)) {
      float[] logits = first.logits(images(3), 3, SIDE);
      ByteBuffer room = ThreadScratch.of(1);
      assertEquals(3 * 3 * SIDE * SIDE * Float.BYTES, room.capacity());
      assertArrayEquals(logits, second.logits(images(3), 3, SIDE));
      assertEquals(room.capacity(), ThreadScratch.of(1).capacity());
    }
  }

  /** Models scored after it would see the changes. */
  @Test
  void aModuleCannotChangeTheImagesOfOthers() throws IOException {
    byte[] file =
        changed(
            "uint8.pt",
            "uint8/code/__torch__.py",
            code ->
                new String(code, StandardCharsets.US_ASCII)
                    .replace("torch.to(images, 6)", "torch.to(torch.add_(images, 9), 6)")
                    .getBytes(StandardCharsets.US_ASCII));
    ByteBuffer images = images(3);
    try (Classifier plain = Classifier.of("a.pt", file("uint8.pt"), SAMPLES, 7);
        Classifier writes = Classifier.of("b.pt", file, SAMPLES, 7)) {
      float[] before = plain.logits(images, 3, SIDE);
      float[] first = writes.logits(images, 3, SIDE);
      assertFalse(Arrays.equals(before, first), "it sees what it wrote");
      assertArrayEquals(first, writes.logits(images, 3, SIDE));
      assertArrayEquals(before, plain.logits(images, 3, SIDE));
      assertEquals(images(3), images);
    }
  }

  /** A module with one of its files changed. */
  static byte[] changed(String module, String name, UnaryOperator<byte[]> change)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SeekableInMemoryByteChannel whole = new SeekableInMemoryByteChannel(file(module));
    try (ZipFile from = ZipFile.builder().setSeekableByteChannel(whole).get();
        ZipOutputStream to = new ZipOutputStream(out)) {
      for (ZipArchiveEntry entry : Collections.list(from.getEntries())) {
        byte[] content = from.getInputStream(entry).readAllBytes();
        to.putNextEntry(new ZipEntry(entry.getName()));
        to.write(entry.getName().equals(name) ? change.apply(content) : content);
      }
    }
    return out.toByteArray();
  }

  /** Regardless of the settings for foreign modules. */
  @Test
  void exportedModulesDescribeThemselvesAndRejectOtherSizes() throws IOException {
    Architecture tiny =
        BigNet.of(List.of(1, 1, 1, 1, 1, 1), List.of(8, 8, 8, 8, 8, 8), false)
            .named("tiny")
            .withInputSize(SIDE)
            .withClasses(2);
    CheckpointInfo info =
        new CheckpointInfo(
            tiny,
            WeightKind.EMA,
            new CheckpointInfo.Training(3, 40, "sha256:1", "{\"lr\":0.1}"),
            List.of("cat", "d\"og"),
            new ValidationView(SIDE, 0.9, Interpolation.OPENCV));
    for (Precision precision : Precision.values()) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      TorchScript.writePortable(info, tiny.initialWeights(1), precision, out);
      ModelFile ours = read("ours.pt", out.toByteArray(), PLANES);
      assertEquals(Optional.of(precision), ours.precision());
      assertEquals(
          ModelInfo.of(info).as(new ModelInfo.Module(SAMPLES, precision.title())), ours.info());
      String said =
          assertThrows(
                  IOException.class,
                  () ->
                      ModelFormats.read(
                          "ours.pt",
                          out.toByteArray(),
                          own -> new ValidationView(40, 1, own.interpolation()),
                          PLANES,
                          1))
              .getMessage();
      assertTrue(
          said.contains("images are uint8 (N,32,32,3), from 0 to 255, neither scaled"), said);
      assertTrue(said.contains("found size [2, 40, 40, 3] of type 0"), said);
    }
  }
}
