package ghostbeam.model.torchscript;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.network.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TorchScriptTest {
  private static final int SIDE = 64;

  /** Two sets of kernels, one network. */
  @ParameterizedTest
  @EnumSource(Preset.class)
  void portableModulesGiveTheLogitsOfThoseForTheCpu(Preset preset) throws Exception {
    Architecture architecture = preset.architecture(10);
    Weights weights = Golden.fill(architecture);
    ByteArrayOutputStream forCpu = new ByteArrayOutputStream();
    ByteArrayOutputStream portable = new ByteArrayOutputStream();

    TorchScript.writeForCpu(architecture, weights, Precision.FLOAT32, forCpu);
    TorchScript.writePortable(architecture, weights, Precision.FLOAT32, portable);

    float[] expected = logits(forCpu.toByteArray());
    float[] actual = logits(portable.toByteArray());
    float largest = 0;
    for (float logit : expected) {
      largest = Math.max(largest, Math.abs(logit));
    }
    assertArrayEquals(expected, actual, 1e-5f * largest);
  }

  /** Rounding to 8 bits at every layer, but no more than that. */
  @ParameterizedTest
  @EnumSource(Preset.class)
  void bf16StaysNearFloat32(Preset preset) throws Exception {
    Architecture architecture = preset.architecture(10);
    Weights weights = Golden.fill(architecture);
    float[] expected = logits(forCpu(architecture, weights, Precision.FLOAT32));
    float[] rounded = logits(forCpu(architecture, weights, Precision.BF16));
    ByteArrayOutputStream portable = new ByteArrayOutputStream();
    TorchScript.writePortable(architecture, weights, Precision.BF16, portable);
    float[] anywhere = logits(portable.toByteArray());
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

  /** Without AVX-512 both are unfused. */
  @ParameterizedTest
  @EnumSource(Preset.class)
  void fusingReluChangesNoBitOfBf16(Preset preset) throws Exception {
    Architecture architecture = preset.architecture(10);
    Weights weights = Golden.fill(architecture);
    ByteArrayOutputStream fused = new ByteArrayOutputStream();
    TorchScript.write(architecture, weights, Kernels.ONEDNN_BF16, Kernels.PORTABLE, fused);
    ByteArrayOutputStream unfused = new ByteArrayOutputStream();
    TorchScript.write(architecture, weights, Kernels.PORTABLE_BF16, Kernels.PORTABLE, unfused);
    assertArrayEquals(logits(unfused.toByteArray()), logits(fused.toByteArray()));
  }

  private static byte[] forCpu(Architecture architecture, Weights weights, Precision precision)
      throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    TorchScript.writeForCpu(architecture, weights, precision, archive);
    return archive.toByteArray();
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

    TorchScript.writePortable(architecture, Golden.fill(architecture), Precision.FLOAT32, first);
    TorchScript.writePortable(architecture, Golden.fill(architecture), Precision.FLOAT32, second);

    assertArrayEquals(first.toByteArray(), second.toByteArray());
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(first.toByteArray()))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        // Two archives of the same second would agree on the clock's time too.
        assertEquals(1980, entry.getTimeLocal().getYear(), entry.getName());
      }
    }
  }

  private static float[] logits(byte[] archive) throws Exception {
    byte[] samples = new byte[2 * SIDE * SIDE * 3];
    new Random(1).nextBytes(samples);
    ByteBuffer images = ByteBuffer.allocateDirect(samples.length).put(samples).flip();
    try (Model module = Model.newInstance("net", "PyTorch");
        NDManager manager = NDManager.newBaseManager()) {
      module.load(new ByteArrayInputStream(archive));
      NDArray batch = manager.create(images, new Shape(2, SIDE, SIDE, 3), DataType.UINT8);
      NDArray logits =
          module
              .getBlock()
              .forward(new ParameterStore(manager, false), new NDList(batch), false)
              .singletonOrThrow();
      assertEquals(new Shape(2, 10), logits.getShape());
      return logits.toFloatArray();
    }
  }
}
