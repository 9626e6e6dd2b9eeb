package ghostbeam.model.torchscript;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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

    TorchScript.writeForCpu(architecture, weights, forCpu);
    TorchScript.writePortable(architecture, weights, portable);

    float[] expected = logits(forCpu.toByteArray());
    float[] actual = logits(portable.toByteArray());
    float largest = 0;
    for (float logit : expected) {
      largest = Math.max(largest, Math.abs(logit));
    }
    assertArrayEquals(expected, actual, 1e-5f * largest);
  }

  @Test
  void writesTheSameBytesEachTime() throws Exception {
    Architecture architecture = Preset.GHOSTNET_1X.architecture(10);
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    ByteArrayOutputStream second = new ByteArrayOutputStream();

    TorchScript.writePortable(architecture, Golden.fill(architecture), first);
    TorchScript.writePortable(architecture, Golden.fill(architecture), second);

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
