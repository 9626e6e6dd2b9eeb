package ghostbeam.model.torchscript;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.tensor.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TorchScriptTest {
  private static final int SIDE = 64;

  /** Two sets of kernels for one network. */
  @ParameterizedTest
  @EnumSource(Preset.class)
  void portableModulesGiveTheLogitsOfThoseForTheCpu(Preset preset) throws Exception {
    Architecture architecture = preset.architecture(10);
    Weights weights = Golden.fill(architecture);

    float[] expected = logits(forCpu(architecture, weights, Precision.FLOAT32));
    float[] actual = logits(portable(architecture, weights, Precision.FLOAT32));

    assertArrayEquals(expected, actual, 1e-5f * largest(expected));
  }

  /**
   * Kernels are chosen by batch size, and some that are used only for larger batches have been
   * wrong.
   */
  @Test
  void portableModulesGiveTheGoldenLogitsInALargeBatchToo() throws Exception {
    JsonNode row =
        StreamSupport.stream(Golden.read("forward.json").spliterator(), false)
            .filter(each -> each.get("size").asInt() == 224)
            .findFirst()
            .orElseThrow();
    Architecture architecture =
        Golden.ARCHITECTURES.get(row.get("arch").asText()).architecture(1000);
    int copies = 24;
    float[] one = Golden.image(row.get("image_seed").asInt(), 1, 224);
    float[] many = new float[copies * one.length];
    for (int i = 0; i < copies; i++) {
      System.arraycopy(one, 0, many, i * one.length, one.length);
    }
    double tolerance = 8 * row.get("float32_max_abs_error").asDouble();
    byte[] archive = portable(architecture, Golden.fill(architecture), Precision.FLOAT32);
    try (LoadedModule module = new LoadedModule(archive)) {
      float[] all = module.logits(Golden.samples(many, copies, 224), DataType.FLOAT32, copies, 224);
      for (int i = 0; i < copies; i++) {
        for (int c = 0; c < row.get("logits").size(); c++) {
          assertEquals(row.get("logits").get(c).asDouble(), all[i * 1000 + c], tolerance);
        }
      }
    }
  }

  /** Gates and features are float32, so their means must not be rounded to bf16. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void takesMeansInFloat32(Precision precision) throws Exception {
    Architecture architecture = Preset.GHOSTNET_1X.architecture(10);
    Weights weights = Golden.fill(architecture);
    for (byte[] archive :
        List.of(
            forCpu(architecture, weights, precision), portable(architecture, weights, precision))) {
      List<String> means = code(archive).lines().filter(line -> line.contains("mean(")).toList();
      assertTrue(means.size() > 7, means::toString);
      assertTrue(means.stream().allMatch(line -> line.endsWith(", dtype=6)")), means::toString);
    }
  }

  /** Programs that load many checkpoints of one network may rely on this. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void theSourceDependsOnlyOnTheNetwork(Precision precision) throws Exception {
    Architecture architecture = Preset.S_GHOSTNET_B1.architecture(10);
    Weights some = Golden.fill(architecture);
    Weights others = architecture.initialWeights(1);

    assertEquals(
        code(forCpu(architecture, some, precision)), code(forCpu(architecture, others, precision)));
    String portable = code(portable(architecture, some, precision));
    assertEquals(portable, code(portable(architecture, others, precision)));
    // It would have the settings of PyTorch's backends as constants, where users should set them.
    assertFalse(portable.contains("torch._convolution("), portable);
  }

  /**
   * The error of rounding to 8 bits at every layer, but no more. Covers every kind of block once.
   */
  @ParameterizedTest
  @EnumSource(
      value = Preset.class,
      names = {"GHOSTNET_1X", "GHOSTNETV2_1X", "GHOSTNET_NOSE_1X", "BIGNET_1X", "S_GHOSTNET_B1"})
  void bf16StaysNearFloat32(Preset preset) throws Exception {
    Architecture architecture = preset.architecture(10);
    Weights weights = Golden.fill(architecture);
    float[] expected = logits(forCpu(architecture, weights, Precision.FLOAT32));
    float[] rounded = logits(forCpu(architecture, weights, Precision.BF16));
    float[] anywhere = logits(portable(architecture, weights, Precision.BF16));
    double squares = 0;
    double errors = 0;
    double differences = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += Math.pow(expected[i], 2);
      errors += Math.pow(expected[i] - rounded[i], 2);
      differences += Math.pow(anywhere[i] - rounded[i], 2);
    }
    assertEquals(0, Math.sqrt(errors / squares), 0.05);
    assertNotEquals(0, errors);
    assertEquals(0, Math.sqrt(differences / squares), 0.03);
  }

  /** Without AVX-512 both are unfused. Covers every kind of block once. */
  @ParameterizedTest
  @EnumSource(
      value = Preset.class,
      names = {"GHOSTNET_1X", "GHOSTNETV2_1X", "GHOSTNET_NOSE_1X", "BIGNET_1X", "S_GHOSTNET_B1"})
  void fusingReluChangesNoBitOfBf16(Preset preset) throws Exception {
    Architecture architecture = preset.architecture(10);
    byte[] fused = forCpu(architecture, Golden.fill(architecture), Precision.BF16);
    String asksTheProcessor = "ops.mkldnn._is_mkldnn_bf16_supported()";
    String unfusedCode = code(fused).replace(asksTheProcessor, "False");
    assertNotEquals(code(fused), unfusedCode);
    Map<String, byte[]> files = LoadedModule.files(fused);
    files.put(LoadedModule.CODE, unfusedCode.getBytes(StandardCharsets.UTF_8));

    assertArrayEquals(logits(LoadedModule.archive(files)), logits(fused));
  }

  private static byte[] forCpu(Architecture architecture, Weights weights, Precision precision)
      throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    TorchScript.writeForCpu(architecture, weights, precision, archive);
    return archive.toByteArray();
  }

  private static byte[] portable(Architecture architecture, Weights weights, Precision precision)
      throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    Kernels maps = precision == Precision.BF16 ? Kernels.PORTABLE_BF16 : Kernels.PORTABLE;
    TorchScript.write(architecture, weights, maps, Kernels.PORTABLE, archive);
    return archive.toByteArray();
  }

  private static String code(byte[] archive) throws Exception {
    return new String(LoadedModule.files(archive).get(LoadedModule.CODE), StandardCharsets.UTF_8);
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @Test
  void roundsToTheNearestBf16() {
    float[] values = {
      1,
      1 + 0x1p-8f,
      1 + 0x3p-8f,
      1.005f,
      -3.1415927f,
      0,
      1e-40f,
      3e38f,
      Float.MAX_VALUE,
      Float.NEGATIVE_INFINITY,
      Float.NaN,
      Float.intBitsToFloat(-1),
      Float.intBitsToFloat(0x7F800001)
    };
    int[] expected = {
      0x3F80, 0x3F80, 0x3F82, 0x3F81, 0xC049, 0, 1, 0x7F62, 0x7F80, 0xFF80, 0x7FC0, 0x7FC0, 0x7FC0
    };
    byte[] encoded = Precision.BF16.encode(values);
    for (int i = 0; i < values.length; i++) {
      int bits = (encoded[2 * i] & 0xFF) | ((encoded[2 * i + 1] & 0xFF) << 8);
      assertEquals(expected[i], bits, values[i] + "f");
    }
  }

  @Test
  void writesTheSameBytesEachTime() throws Exception {
    Architecture architecture = Preset.GHOSTNET_1X.architecture(10);
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    ByteArrayOutputStream second = new ByteArrayOutputStream();

    CheckpointInfo info = info(architecture, SIDE);
    TorchScript.writePortable(info, Golden.fill(architecture), Precision.FLOAT32, first);
    TorchScript.writePortable(info, Golden.fill(architecture), Precision.FLOAT32, second);

    assertArrayEquals(first.toByteArray(), second.toByteArray());
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(first.toByteArray()))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        // Two archives written within the same second would also have the same clock time.
        assertEquals(1980, entry.getTimeLocal().getYear(), entry.getName());
      }
    }
  }

  /** The info of a checkpoint whose classes are numbers. */
  static CheckpointInfo info(Architecture architecture, int side) {
    return new CheckpointInfo(
        architecture,
        WeightKind.EMA,
        new CheckpointInfo.Training(3, 40, "sha256:1", "{\"lr\":0.1}"),
        IntStream.range(0, architecture.classes()).mapToObj(Integer::toString).toList(),
        new ValidationView(side, 0.875, Interpolation.PILLOW));
  }

  private static float[] logits(byte[] archive) throws Exception {
    byte[] samples = new byte[2 * SIDE * SIDE * 3];
    new Random(1).nextBytes(samples);
    ByteBuffer images = ByteBuffer.allocateDirect(samples.length).put(samples).flip();
    try (LoadedModule module = new LoadedModule(archive)) {
      float[] logits = module.logits(images, DataType.UINT8, 2, SIDE);
      assertEquals(2 * 10, logits.length);
      return logits;
    }
  }
}
