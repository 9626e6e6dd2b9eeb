package ghostbeam.model.checkpoint;

import static ghostbeam.model.checkpoint.TensorFileTest.safetensors;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile weight files in foreign formats. */
final class HostileTensorFileTest {
  @TempDir Path folder;

  private TensorFile read(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("file"), bytes);
    return TensorFile.read(Storage.local(), file.toString(), WeightKind.RAW);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[274877906944],\"data_offsets\":[0,1099511627776]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        "{\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":1}",
      })
  void rejectsAHostileSafetensorsHeader(String head) {
    IOException refusal =
        assertThrows(IOException.class, () -> read(safetensors(head, new byte[8])));
    assertTrue(refusal.getMessage().contains("is not a safetensors file"), refusal.getMessage());
  }

  @Test
  void rejectsAHeaderAsLongAsAnAddressSpace() throws IOException {
    byte[] bytes = safetensors("{}", new byte[8]);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 40);
    assertThrows(IOException.class, () -> read(bytes));
  }

  @Test
  void saysThatAFileIsEmpty() {
    IOException refusal = assertThrows(IOException.class, () -> read(new byte[0]));
    assertTrue(refusal.getMessage().contains(" is empty; "), refusal.getMessage());
  }

  @Test
  void rejectsHostileMindSporeFilesWithoutAllocating() {
    long tooMany = 1L << 40;
    List<byte[]> hostile =
        List.of(
            new CkptWriter().tensor("w", "Float32", new long[] {-1, 4}, new byte[16]).bytes(),
            new CkptWriter().tensor("w", "Float32", new long[] {tooMany}, new byte[16]).bytes(),
            new CkptWriter().tensor("w", "Float32", new long[] {1L << 62, 8}, new byte[0]).bytes(),
            new CkptWriter().tensor("w", "Float32", new long[9], new byte[0]).bytes(),
            new CkptWriter()
                .tensor("w", "Float32", new long[] {2, 2}, new byte[8])
                .tensor("w", "Float32", new long[] {4}, new byte[8])
                .bytes(),
            // A value and a tensor's content that each claim two gigabytes; and a negative length.
            new CkptWriter().raw(0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07).bytes(),
            new CkptWriter()
                .raw(0x0A, 0x0A, 0x12, 0x08, 0x1A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 0)
                .bytes(),
            new CkptWriter().raw(0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F).bytes(),
            nestedGroups(),
            "not a checkpoint at all".getBytes(StandardCharsets.UTF_8));
    for (byte[] bytes : hostile) {
      IOException refusal = assertThrows(IOException.class, () -> read(bytes));
      assertTrue(refusal.getMessage().contains("nor a MindSpore"), refusal.getMessage());
    }
  }

  /** A value with an unknown field: a million nested groups. */
  private static byte[] nestedGroups() {
    int depth = 1_000_000;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x0A);
    CkptWriter.varint(out, depth);
    byte[] groups = new byte[depth];
    Arrays.fill(groups, (byte) 0x2B);
    out.writeBytes(groups);
    return out.toByteArray();
  }
}
