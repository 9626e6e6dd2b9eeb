package ghostbeam.model.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.ModelRemedy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by PyTorch's {@code torch.save}, see {@code make_state_dicts.py}. */
final class PyTorchFileTest {
  private static final List<String> NAMES =
      List.of("conv.weight", "bn.weight", "bn.num_batches_tracked", "head.weight");

  private static byte[] file(String name) throws IOException {
    try (InputStream in = PyTorchFileTest.class.getResourceAsStream("/pytorch/" + name)) {
      return in.readAllBytes();
    }
  }

  private static Map<String, RawTensor> read(String name, WeightKind kind) throws IOException {
    byte[] file = file(name);
    assertTrue(PyTorchFile.begins(file));
    return PyTorchFile.parse(file, kind);
  }

  private static IOException refusal(String name, WeightKind kind) {
    return assertThrows(IOException.class, () -> read(name, kind));
  }

  @ParameterizedTest
  @CsvSource({
    "plain.pth, RAW, F32, 0",
    "legacy.pth, RAW, F32, 0",
    "bf16.pth, RAW, BF16, 0",
    "half.pth, RAW, F16, 0",
    "model.bin, RAW, F32, 0",
    "training.pth.tar, RAW, F32, 0",
    "training.pth.tar, EMA, F32, 100",
  })
  void readsTheSameTensorsHoweverTheyWereSaved(
      String name, WeightKind kind, String dtype, float plus) throws IOException {
    Map<String, RawTensor> tensors = read(name, kind);
    assertEquals(NAMES, List.copyOf(tensors.keySet()));
    RawTensor conv = tensors.get("conv.weight");
    assertEquals(dtype + " [2, 3, 2, 2]", conv.described());
    assertTrue(conv.hasShape(List.of(2, 3, 2, 2)) && conv.isWhole());
    float[] expected = new float[24];
    for (int n = 0; n < expected.length; n++) {
      expected[n] = n / 8f - 1 + plus;
    }
    assertArrayEquals(expected, conv.toFloats(24));
    assertArrayEquals(new float[] {1, 2, 3}, tensors.get("bn.weight").toFloats(3));
    assertTrue(tensors.get("bn.num_batches_tracked").isScalar());
    float[] head = {plus, 2 + plus, 4 + plus, 6 + plus, 8 + plus, 10 + plus};
    assertArrayEquals(head, tensors.get("head.weight").toFloats(6));
  }

  @ParameterizedTest
  @CsvSource({
    "planted.pth, posix.system",
    "planted-legacy.pth, posix.system",
    "module.pth, torch.nn.modules.container.Sequential",
    "script.pt, TorchScript",
  })
  void rejectsCodeAndNamesIt(String name, String named) {
    IOException refusal = refusal(name, WeightKind.RAW);
    assertTrue(refusal.getMessage().contains(named), refusal::getMessage);
    assertFalse(Files.exists(Path.of("planted")));
  }

  /** PyTorch's averaged model keeps a counter next to the module that it wraps. */
  @Test
  void readsAnAveragedModelWithItsCounter() throws IOException {
    Map<String, RawTensor> tensors = read("averaged.pth", WeightKind.EMA);
    assertEquals(Set.of("n_averaged", "0.weight", "0.bias", "nothing"), tensors.keySet());
    assertTrue(tensors.get("n_averaged").isScalar());
    assertEquals(0, tensors.get("nothing").bytes());
  }

  @Test
  void saysWhatAFileWithoutAveragesContains() {
    IOException refusal = refusal("model.bin", WeightKind.EMA);
    String message = refusal.getMessage();
    assertEquals(Optional.of(ModelRemedy.RAW_WEIGHTS.with()), Advice.about(refusal));
    assertTrue(message.contains("state_dict_ema or model_ema"), message);
    assertTrue(message.contains("model, epoch"), message);
  }

  /** A view can claim to be larger than its storage, and a storage larger than its file. */
  @Test
  void rejectsSizesThatExceedTheFile() throws IOException {
    byte[] sound = file("legacy.pth");
    assertEquals(4, PyTorchFile.parse(sound, WeightKind.RAW).size());
    // BININT1 24 is the first storage's number of elements, and its size precedes its bytes.
    int at = indexOf(sound, new byte[] {'c', 'p', 'u', 'q'});
    byte[] larger = sound.clone();
    assertEquals(24, larger[at + 6]);
    larger[at + 6] = (byte) 200;
    assertThrows(IOException.class, () -> PyTorchFile.parse(larger, WeightKind.RAW));
    byte[] cut = Arrays.copyOf(sound, sound.length - 1);
    assertThrows(IOException.class, () -> PyTorchFile.parse(cut, WeightKind.RAW));
  }

  /**
   * A list that is referenced a thousand times would create a thousand dicts from a few kilobytes.
   */
  @Test
  void aPickleCannotGrowByReusingAList() throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes("\u0080\u0002](".getBytes(ISO_8859_1));
    for (int i = 0; i < 1000; i++) {
      pickle.writeBytes(new byte[] {'M', (byte) i, (byte) (i >> 8), 'N', (byte) 0x86});
    }
    pickle.writeBytes("eq\u0001](".getBytes(ISO_8859_1));
    for (int i = 0; i < 1000; i++) {
      pickle.writeBytes("ccollections\nOrderedDict\nh\u0001\u0085R".getBytes(ISO_8859_1));
    }
    pickle.writeBytes("e.".getBytes(ISO_8859_1));
    List<?> dicts =
        (List<?>) PickleReader.read(ByteBuffer.wrap(pickle.toByteArray()), new HashMap<>());
    assertEquals(1000, dicts.stream().mapToInt(dict -> ((Map<?, ?>) dict).size()).sum());
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int i = 0; i < all.length - part.length; i++) {
      if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("not there");
  }

  /** Whatever is damaged, any failure is a prompt IOException. */
  @ParameterizedTest
  @ValueSource(strings = {"plain.pth", "legacy.pth", "training.pth.tar"})
  void acceptsOrRejectsDamagedFiles(String name) throws IOException {
    byte[] sound = file(name);
    Random random = new Random(name.hashCode());
    List<String> refused = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      byte[] damaged = sound.clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        damaged[2 + random.nextInt(damaged.length - 2)] = (byte) random.nextInt();
      }
      try {
        PyTorchFile.parse(damaged, WeightKind.RAW);
      } catch (IOException e) {
        refused.add(e.getMessage());
      }
    }
    assertTrue(refused.size() > 400, () -> refused.size() + " refused");
  }
}
