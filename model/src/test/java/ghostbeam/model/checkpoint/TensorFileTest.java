package ghostbeam.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.network.Preset;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class TensorFileTest {
  static final Architecture TINY =
      BigNet.of(Collections.nCopies(6, 1), Collections.nCopies(6, 8), true)
          .withInputSize(32)
          .withClasses(3);

  @TempDir Path folder;

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("file"), bytes);
  }

  private TensorFile read(byte[] bytes) throws IOException {
    return TensorFile.read(Storage.local(), write(bytes).toString(), WeightKind.RAW);
  }

  private static CkptWriter ckpt(Architecture architecture, Weights weights) {
    CkptWriter writer = new CkptWriter();
    for (TensorSpec spec : weights.specs()) {
      String name = OriginalNames.of(spec.name(), architecture);
      if (spec.size() % 3 == 0) {
        writer.sliced(name, spec.shape(), weights.get(spec.name()));
      } else {
        writer.float32(name, spec.shape(), weights.get(spec.name()));
      }
    }
    return writer;
  }

  private static void assertSame(Weights expected, Weights actual) {
    for (TensorSpec spec : expected.specs()) {
      assertArrayEquals(expected.get(spec.name()), actual.get(spec.name()), spec.name());
    }
  }

  /** A file ending like those of MindSpore's {@code save_checkpoint(..., crc_check=True)}. */
  private static byte[] checked(byte[] file, long flipped) {
    CRC32 crc = new CRC32();
    crc.update(file);
    return ByteBuffer.allocate(file.length + 17)
        .put(file)
        .put("crc_num".getBytes(StandardCharsets.US_ASCII))
        .putShort((short) 0)
        .putLong(crc.getValue() ^ flipped)
        .array();
  }

  @Test
  void verifiesAMindSporeFilesChecksum() throws IOException {
    Weights weights = TINY.initialWeights(5);
    byte[] file = ckpt(TINY, weights).bytes();
    assertSame(weights, read(checked(file, 0)).weights(TINY));
    IOException damaged = assertThrows(IOException.class, () -> read(checked(file, 1)));
    assertTrue(damaged.getMessage().contains("it is damaged: its bytes have the CRC-32"));
  }

  /**
   * Weights trained in PyTorch were most likely validated with torchvision, whatever the network.
   */
  @Test
  void theFormatImpliesTheInterpolation() throws IOException {
    Weights weights = TINY.initialWeights(5);
    TensorFile original = read(ckpt(TINY, weights).bytes());
    assertEquals(Interpolation.OPENCV, original.interpolation(TINY));
    Architecture ghostnet = Preset.GHOSTNET_0_5X.architecture(3);
    assertEquals(Interpolation.TORCHVISION, original.interpolation(ghostnet));

    List<RawTensor> tensors =
        List.of(RawTensor.of("conv_stem.weight", new long[] {1}, new float[1]));
    String path = folder.resolve("timm").toString();
    Safetensors.write(Storage.local(), path, Map.of("format", "pt"), tensors);
    TensorFile timm = TensorFile.read(Storage.local(), path, WeightKind.RAW);
    assertEquals(Interpolation.TORCHVISION, timm.interpolation(TINY));
  }

  @ParameterizedTest
  @CsvSource({
    "version https://git-lfs.github.com/spec/v1, a Git LFS pointer",
    "' \n<!DOCTYPE html><title>', a web page",
    "<html lang=en>, a web page",
    "\u0080\u0002}q, a Python pickle",
    "'PK\u0003\u0004', a zip",
    "'\u001f\u008b\u0008', compressed by gzip",
  })
  void saysWhatAnUnsupportedFileIs(String start, String what) throws IOException {
    byte[] bytes = Arrays.copyOf(start.getBytes(StandardCharsets.ISO_8859_1), 2000);
    String path = write(bytes).toString();
    IOException e = assertThrows(IOException.class, () -> Checkpoint.read(Storage.local(), path));
    assertTrue(e.getMessage().startsWith(path + " is " + what), e.getMessage());
    IOException foreign =
        assertThrows(
            IOException.class, () -> TensorFile.read(Storage.local(), path, WeightKind.RAW));
    boolean ofPyTorch = PyTorchFile.begins(bytes);
    assertTrue(
        foreign
            .getMessage()
            .startsWith(path + " is " + (ofPyTorch ? "not a readable PyTorch" : what)),
        foreign.getMessage());
  }

  @Test
  void namesTenOfManyDifferences() {
    CkptWriter other = new CkptWriter();
    for (int i = 0; i < 400; i++) {
      other.float32("encoder." + i, List.of(2), new float[2]);
    }
    IOException e = assertThrows(IOException.class, () -> read(other.bytes()).weights(TINY));
    int lacking = TINY.initialWeights(1).specs().size();
    String words = e.getMessage();
    assertEquals(10, words.split(" is missing", -1).length - 1, words);
    assertTrue(words.contains("; and " + (lacking - 10) + " more; encoder.0 is unknown; "), words);
    assertTrue(words.endsWith("encoder.9 is unknown; and 390 more are"), words);
  }

  @Test
  void mindSporesWeightsGiveTheirLogits() throws IOException {
    Weights weights = TINY.initialWeights(5);
    CkptWriter writer = ckpt(TINY, weights);
    for (TensorSpec spec : weights.specs().subList(0, 9)) {
      writer.float32(
          "moments." + OriginalNames.of(spec.name(), TINY), spec.shape(), new float[spec.size()]);
    }
    writer.float32("learning_rate", List.of(), new float[1]);
    writer.tensor("global_step", "Int32", new long[] {1}, new byte[4]);
    TensorFile file = read(writer.bytes());
    assertEquals(OptionalInt.of(3), file.classes());
    Weights imported = file.weights(TINY);
    assertSame(weights, imported);
    ByteBuffer image = ByteBuffer.allocateDirect(32 * 32 * 3);
    for (int i = 0; i < image.capacity(); i++) {
      image.put(i, (byte) (i * 37));
    }
    try (Classifier direct = Classifier.of(TINY, weights);
        Classifier after = Classifier.of(TINY, imported)) {
      assertArrayEquals(
          direct.logits(image.duplicate(), 1, 32), after.logits(image.duplicate(), 1, 32));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Preset.class,
      names = {"GHOSTNET_1X", "GHOSTNET_0_5X", "GHOSTNET_NOSE_1X", "BIGNET_1X", "S_GHOSTNET_B1"})
  void knowsTheOriginalsNamesOfEachFamily(Preset preset) throws IOException {
    Architecture architecture = preset.architecture(10);
    Weights weights = architecture.initialWeights(2);
    CkptWriter writer = ckpt(architecture, weights);
    assertSame(weights, read(writer.bytes()).weights(architecture));
  }

  @Test
  void rejectsTheOriginalsNamesForANetworkItDoesNotHave() throws IOException {
    TensorFile file = read(ckpt(TINY, TINY.initialWeights(2)).bytes());
    Architecture attentive = Preset.GHOSTNETV2_1X.architecture(3);
    String message = assertThrows(IOException.class, () -> file.weights(attentive)).getMessage();
    assertTrue(message.contains("the original has no ghostnetv2-1x; give safetensors"), message);
  }

  @Test
  void readsOurOwnSafetensors() throws IOException {
    Weights weights = TINY.initialWeights(6);
    String path = folder.resolve("ours.safetensors").toString();
    ValidationView view = new ValidationView(32, 0.875, Interpolation.PILLOW);
    CheckpointInfo info =
        new CheckpointInfo(
            TINY, WeightKind.RAW, CheckpointInfo.Training.NONE, List.of("a", "b", "c"), view);
    Checkpoint.write(Storage.local(), path, info, weights);
    assertSame(weights, TensorFile.read(Storage.local(), path, WeightKind.RAW).weights(TINY));
  }

  static byte[] safetensors(String head, byte[] data) {
    byte[] json = head.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  @Test
  void listsEveryMismatchAtOnce() throws IOException {
    Weights weights = TINY.initialWeights(5);
    CkptWriter writer = new CkptWriter();
    for (TensorSpec spec : weights.specs()) {
      String name = OriginalNames.of(spec.name(), TINY);
      switch (name) {
        case "conv_stem.weight" -> {}
        case "bn1.gamma" -> writer.float32(name, List.of(2, 4), weights.get(spec.name()));
        default -> writer.bfloat16(name, spec.shape(), weights.get(spec.name()));
      }
    }
    writer.float32("blocks.9.extra.weight", List.of(2, 2), new float[4]);
    writer.float32("position", List.of(1, 4), new float[4]);
    writer.tensor("index", "Int64", new long[] {2}, new byte[16]);
    writer.tensor("step", "Int64", new long[] {1}, new byte[8]);
    byte[] bytes = writer.bytes();
    TensorFile file = read(bytes);
    String message = assertThrows(IOException.class, () -> file.weights(TINY)).getMessage();
    assertTrue(message.contains("conv_stem.weight is missing"), message);
    assertTrue(message.contains("bn1.gamma is F32 [2, 4], not floats [8]"), message);
    assertTrue(
        message.endsWith(
            "; blocks.9.extra.weight is unknown; position is unknown; index is unknown"),
        message);
  }

  @Test
  void keepsTheTrunkForAnotherNumberOfClasses() throws IOException {
    Weights weights = TINY.initialWeights(5);
    Architecture other = TINY.withClasses(7);
    Weights start = other.initialWeights(9);
    TensorFile file = read(ckpt(TINY, weights).bytes());
    assertThrows(IOException.class, () -> file.weights(other));
    Weights trunk = file.trunk(other, start);
    assertArrayEquals(start.get("classifier.weight"), trunk.get("classifier.weight"));
    assertArrayEquals(start.get("classifier.bias"), trunk.get("classifier.bias"));
    assertArrayEquals(weights.get("conv_head.weight"), trunk.get("conv_head.weight"));
  }
}
