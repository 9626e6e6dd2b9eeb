package ghostbeam.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.checkpoint.SafetensorsHeader.Entry;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.BigNet;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints with hostile metadata or tensors. */
class HostileCheckpointTest {
  private static final String ARCHITECTURE =
      "{\"name\":\"x\",\"inputSize\":8,\"stemWidth\":2,\"stages\":[[{\"kernel\":3,\"stride\":1,"
          + "\"hidden\":2,\"out\":2,\"squeeze\":0}]],\"trunkWidth\":2,\"featureWidth\":2,"
          + "\"activation\":\"RELU\",\"classes\":2}";
  private static final String VIEW =
      "{\"inputSize\":8,\"cropFraction\":0.875,\"interpolation\":\"pillow\"}";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "architecture  | null                                                   | no architecture",
        "architecture  | \"activation\":\"RELU\" => \"activation\":null         | activation",
        "architecture  | \"name\":\"x\" => \"name\":null                        | name",
        "architecture  | \"stages\":[[ => \"stages\":[null,[                    | unreadable",
        "architecture  | \"stemWidth\":2 => \"stemWidth\":2147483647            | a stem width",
        "architecture  | \"hidden\":2 => \"hidden\":-2                          | hidden width",
        "classes       | null                                                   | no classes",
        "classes       | [\"a\",null]                                           | no classes",
        "classes       | [\"a\"]                                                | 1 class names for 2",
        "preprocessing | null                                                   | no preprocessing",
        "preprocessing | \"interpolation\":\"pillow\" => \"x\":1                | unreadable",
        "preprocessing | \"pillow\" => null                                     | interpolation",
        "preprocessing | 0.875 => 1e-300                                        | crop fraction",
        "preprocessing | 0.875 => 1e400                                         | crop fraction",
        "preprocessing | \"inputSize\":8 => \"inputSize\":2147483647            | input size",
        "epoch         | 99999999999                                            | 99999999999",
        "step          | -                                                      | unreadable",
        "average       | null                                                   | no average",
        "average       | {}                                                     | no parts",
        "average       | {\"parts\":[null]}                                     | unreadable",
        "average       | {\"parts\":[{\"name\":\"a\"}]}                         | no digest",
        "average       | {\"parts\":[{\"name\":\"a\\nb\",\"digest\":\"\"}]}      | no name",
      })
  void rejectsInvalidMetadata(String key, String change, String said) throws IOException {
    Map<String, String> strings = new LinkedHashMap<>();
    strings.put("architecture", ARCHITECTURE);
    strings.put("classes", "[\"a\",\"b\"]");
    strings.put("preprocessing", VIEW);
    String[] parts = change.split(" => ", -1);
    String changed = parts.length == 1 ? change : strings.get(key).replace(parts[0], parts[1]);
    strings.put(key, changed);
    String path = write(new SafetensorsHeader(strings, List.of()).toBytes());

    String message =
        assertThrows(IOException.class, () -> Checkpoint.read(Storage.local(), path)).getMessage();

    assertTrue(message.startsWith(path + " "), message);
    assertTrue(message.contains(said), message);
    assertEquals(1, message.lines().count(), message);
  }

  /** An empty object takes twenty times its size in memory. */
  @Test
  void rejectsAHeaderOfMillionsOfValues() throws IOException {
    String json = "{\"__metadata__\":{},\"a\":[" + "{},".repeat(2_000_000) + "{}]}";
    byte[] head = json.getBytes(StandardCharsets.US_ASCII);
    byte[] file = new byte[8 + head.length];
    System.arraycopy(head, 0, file, 8, head.length);
    for (int i = 0; i < 4; i++) {
      file[i] = (byte) (head.length >> (8 * i));
    }
    String path = write(file);

    String message =
        assertThrows(IOException.class, () -> Checkpoint.read(Storage.local(), path)).getMessage();

    assertTrue(message.contains("Token count"), message);
  }

  /** Sizes of one-element tensors are checked when they are used, not when the file is read. */
  @Test
  void rejectsScalarsOfAnotherLength() throws IOException {
    Architecture thin =
        Architecture.of(
                BigNet.FAMILY,
                1,
                List.of(List.of(new Architecture.Bottleneck(3, 1, 2, 2, 1))),
                1,
                1)
            .withClasses(2);
    Weights weights = thin.initialWeights(1);
    for (int bytes : new int[] {0, 3, 5, 8}) {
      CkptWriter writer = new CkptWriter();
      for (TensorSpec spec : weights.specs()) {
        String name = OriginalNames.of(spec.name(), thin);
        if (name.equals("bn1.gamma")) {
          writer.tensor(name, "Float32", new long[] {1}, new byte[bytes]);
        } else {
          writer.float32(name, spec.shape(), weights.get(spec.name()));
        }
      }
      TensorFile file = TensorFile.read(Storage.local(), write(writer.bytes()), WeightKind.RAW);

      String message = assertThrows(IOException.class, () -> file.weights(thin)).getMessage();

      assertTrue(message.contains("bn1.gamma is F32 [1], not floats [1] in 4 bytes"), message);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,4,2,6", "0,4,0,4", "-4,0,0,4", "4,8,0,4", "0,1099511627776,0,4"})
  void rejectsTensorsThatOverlapOrLieOutside(long a, long b, long c, long d) throws IOException {
    List<Entry> entries =
        List.of(
            new Entry("a", "F32", new long[] {(b - a) / 4}, a, b),
            new Entry("b", "F32", new long[] {(d - c) / 4}, c, d));
    byte[] head = new SafetensorsHeader(Map.of(), entries).toBytes();
    String path = write(java.util.Arrays.copyOf(head, head.length + 6));

    String message =
        assertThrows(
                IOException.class, () -> TensorFile.read(Storage.local(), path, WeightKind.RAW))
            .getMessage();

    assertTrue(message.startsWith(path + " is not a safetensors file: "), message);
    assertEquals(1, message.lines().count(), message);
  }

  private String write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("hostile"), bytes).toString();
  }
}
