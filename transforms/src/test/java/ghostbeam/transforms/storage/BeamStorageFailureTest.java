package ghostbeam.transforms.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exceptions of {@link BeamStorage} name the path, once and in one line. */
class BeamStorageFailureTest {
  private final Storage storage = BeamStorage.INSTANCE;

  @TempDir Path disk;

  @BeforeEach
  void registerFileSystems() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
    MemoryFileSystem.OBJECTS.clear();
  }

  @Test
  void leavesNoPartOfAFileThatItCouldNotWrite() {
    String path = "memory://bucket/a.full";
    ByteBuffer bytes = ByteBuffer.wrap(new byte[] {'a', 'b'});

    IOException e = assertThrows(IOException.class, () -> storage.writeWhole(path, bytes));

    assertEquals(path + ": no space left", e.getMessage());
    assertEquals(Map.of(), MemoryFileSystem.OBJECTS);
  }

  @Test
  void addsThePathToAFailureOnce() {
    IOException named = BeamStorage.withPath("x.part", new IOException("no space left"));

    assertEquals("x.part: no space left", BeamStorage.withPath("x", named).getMessage());
    assertSame(named, BeamStorage.withPath("x", named));
    IOException below = new IOException("s3://b/x: refused");
    assertSame(below, BeamStorage.withPath("s3://b/", below));
  }

  /** Messages have one line whatever the store says, even if they start with the path by chance. */
  @ParameterizedTest
  @CsvSource({
    "s3://b/data: refused,          s3://b/data: refused",
    "s3://b/data/1 is cut short,    s3://b/data/1 is cut short",
    "s3://b/database: refused,      s3://b/data: s3://b/database: refused",
    "s3://b/data.0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f.part: full, s3://b/data.0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f.part: full",
    "s3://b/data,                   s3://b/data: java.io.IOException",
    "s3://b/data: no|<html>,         s3://b/data: no",
    "'',                            s3://b/data: java.io.IOException",
  })
  void addsThePathToEveryFailure(String words, String expected) {
    IOException failure = new IOException(words.replace("|", "\n"));
    IOException named = BeamStorage.withPath("s3://b/data", failure);
    assertEquals(expected, named.getMessage());
    assertTrue(named == failure || named.getCause() == failure);
  }

  /** A worker's failure reaches the client even if the store's exception is not serialisable. */
  @Test
  void failuresAreSerialisable() {
    IOException failure = new IOException("x: refused", new OwnWords());
    IOException named = BeamStorage.withPath("x", failure);
    assertEquals("x: refused", named.getMessage());
    assertTrue(SerializableUtils.serializeToByteArray(named).length > 0);
  }

  private static final class OwnWords extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings({"serial", "UnusedVariable"})
    private final Object connection = new Object();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void namesAMissingFileInOneLine(boolean local) throws IOException {
    String path = root(local) + "/missing";

    assertFalse(storage.exists(path));
    storage.delete(path);
    IOException open = assertThrows(IOException.class, () -> storage.open(path));
    IOException rename = assertThrows(IOException.class, () -> storage.rename(path, path + "2"));
    assertEquals(path + " does not exist", open.getMessage());
    assertEquals(path + " does not exist", rename.getMessage());
  }

  @Test
  void refusesAFileSystemWithoutSeek() throws IOException {
    write("memory://bucket/a.stream", "abc");

    IOException e = assertThrows(IOException.class, () -> storage.open("memory://bucket/a.stream"));

    assertTrue(e.getMessage().startsWith("memory://bucket/a.stream: "), e.getMessage());
    assertTrue(e.getMessage().contains("seeking"), e.getMessage());
  }

  @Test
  void namesThePathOfAnUnknownScheme() {
    IOException e = assertThrows(IOException.class, () -> storage.list("nowhere://bucket/a"));

    assertTrue(e.getMessage().startsWith("nowhere://bucket/a: "), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  private String root(boolean local) {
    return local ? disk.toString() : "memory://bucket";
  }

  private void write(String path, String text) throws IOException {
    try (var channel = storage.create(path)) {
      channel.write(StandardCharsets.UTF_8.encode(text));
    }
  }
}
