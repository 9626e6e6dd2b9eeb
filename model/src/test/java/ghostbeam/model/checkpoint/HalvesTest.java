package ghostbeam.model.checkpoint;

import static ghostbeam.model.checkpoint.TensorFileTest.TINY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two-byte floating types in MindSpore's files and in safetensors. */
final class HalvesTest {
  private static final Weights WEIGHTS = TINY.initialWeights(6);

  /** 1, −2, 0.5, 65504, the smallest, −0.333… rounded. */
  private static final short[] HALVES = {0x3C00, (short) 0xC000, 0x3800, 0x7BFF, 1, (short) 0xB555};

  private static final float[] WIDENED = {1, -2, 0.5f, 65504, 0x1p-24f, -0.33325195f};

  @TempDir Path folder;

  private Weights read(byte[] file) throws IOException {
    Path path = Files.write(folder.resolve("file"), file);
    return TensorFile.read(Storage.local(), path.toString(), WeightKind.RAW).weights(TINY);
  }

  /** Every tensor of the network, and a batch counter like PyTorch's. */
  private static byte[] safetensors(String dtype, Function<TensorSpec, short[]> halves) {
    StringBuilder head = new StringBuilder("{");
    ByteBuffer data = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    for (TensorSpec spec : WEIGHTS.specs()) {
      int begin = data.position();
      for (short half : halves.apply(spec)) {
        data.putShort(half);
      }
      head.append(entry(spec.name(), dtype, spec.shape().toString(), begin, data.position()));
    }
    int begin = data.position();
    data.putLong(7);
    head.append(entry("bn1.num_batches_tracked", "I64", "[]", begin, data.position()));
    head.setCharAt(head.length() - 1, '}');
    return TensorFileTest.safetensors(
        head.toString(), Arrays.copyOf(data.array(), data.position()));
  }

  private static String entry(String name, String dtype, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]},"
        .formatted(name, dtype, shape, begin, end);
  }

  private static short[] halves(TensorSpec spec) {
    short[] bits = new short[spec.size()];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = HALVES[i % HALVES.length];
    }
    return bits;
  }

  private static short[] upperHalves(TensorSpec spec) {
    short[] bits = new short[spec.size()];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (short) (Float.floatToIntBits(WEIGHTS.get(spec.name())[i]) >> 16);
    }
    return bits;
  }

  @Test
  void readsFloat16() throws IOException {
    CkptWriter ckpt = new CkptWriter();
    for (TensorSpec spec : WEIGHTS.specs()) {
      ckpt.float16(OriginalNames.of(spec.name(), TINY), spec.shape(), halves(spec));
    }
    for (byte[] file : List.of(ckpt.bytes(), safetensors("F16", HalvesTest::halves))) {
      Weights read = read(file);
      for (TensorSpec spec : WEIGHTS.specs()) {
        float[] values = read.get(spec.name());
        for (int i = 0; i < values.length; i++) {
          assertEquals(WIDENED[i % WIDENED.length], values[i], spec.name());
        }
      }
    }
  }

  @Test
  void readsBfloat16() throws IOException {
    CkptWriter ckpt = new CkptWriter();
    for (TensorSpec spec : WEIGHTS.specs()) {
      String name = OriginalNames.of(spec.name(), TINY);
      ckpt.bfloat16(name, spec.shape(), WEIGHTS.get(spec.name()));
    }
    for (byte[] file : List.of(ckpt.bytes(), safetensors("BF16", HalvesTest::upperHalves))) {
      Weights read = read(file);
      for (TensorSpec spec : WEIGHTS.specs()) {
        float[] values = read.get(spec.name());
        for (int i = 0; i < values.length; i++) {
          int upper = Float.floatToIntBits(WEIGHTS.get(spec.name())[i]) & 0xFFFF0000;
          assertEquals(Float.intBitsToFloat(upper), values[i], spec.name());
        }
      }
    }
  }

  @Test
  void widensExactly() {
    assertEquals(1.0f, Dtype.half((short) 0x3C00));
    assertEquals(-2.0f, Dtype.half((short) 0xC000));
    assertEquals(65504f, Dtype.half((short) 0x7BFF));
    assertEquals(0x1p-14f, Dtype.half((short) 0x0400));
    assertEquals(0x1p-24f, Dtype.half((short) 0x0001));
    assertEquals(-0.0f, Dtype.half((short) 0x8000));
    assertEquals(Float.NEGATIVE_INFINITY, Dtype.half((short) 0xFC00));
    assertTrue(Float.isNaN(Dtype.half((short) 0x7E00)));
  }
}
