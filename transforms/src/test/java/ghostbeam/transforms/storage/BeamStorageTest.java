package ghostbeam.transforms.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.model.storage.Storage.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BeamStorageTest {
  private final Storage storage = BeamStorage.INSTANCE;

  @TempDir Path disk;

  @BeforeEach
  void registerFileSystems() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
    MemoryFileSystem.OBJECTS.clear();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsBackAtAnyPosition(boolean local) throws IOException {
    String path = root(local) + "/new/folder/file";
    write(path, "0123456789");

    try (SeekableByteChannel channel = storage.open(path)) {
      assertEquals(10, channel.size());
      ByteBuffer two = ByteBuffer.allocate(2);
      channel.position(7).read(two);
      assertArrayEquals(new byte[] {'7', '8'}, two.array());
      channel.position(0).read(two.clear());
      assertArrayEquals(new byte[] {'0', '1'}, two.array());
    }
  }

  /** As some tools create for a folder, beside its files. */
  @Test
  void ignoresEmptyObjectsThatMarkFolders() throws IOException {
    String folder = "memory://bucket/data";
    write(folder, "");
    assertTrue(storage.exists(folder));

    write(folder + "/a", "x");
    assertFalse(storage.exists(folder));
    assertEquals(List.of(folder + "/a"), storage.list(folder).stream().map(Entry::path).toList());

    write(folder, "no mark, for it has bytes");
    assertTrue(storage.exists(folder));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void listsEveryDepthInByteOrderWithSizes(boolean local) throws IOException {
    String folder = root(local) + "/data";
    // U+FF5E sorts before U+1F600 in bytes, after it in Java's strings.
    for (String name : List.of("b", "a/z/deep", "a.b", "B", "a/é", "\uFF5E", "\uD83D\uDE00")) {
      write(folder + "/" + name, name);
    }
    write(root(local) + "/data-not", "x");

    List<Entry> entries = storage.list(folder);

    assertEquals(
        List.of("B", "a.b", "a/z/deep", "a/é", "b", "\uFF5E", "\uD83D\uDE00"),
        entries.stream().map(e -> e.path().substring(folder.length() + 1)).toList());
    assertEquals(8, entries.get(2).bytes());
    assertEquals(entries, storage.list(folder + "/"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void walksUntilTheConsumerStops(boolean local) throws IOException {
    for (String name : List.of("a", "b/c", "b/d/e", "f")) {
      write(root(local) + "/data/" + name, name);
    }
    List<Entry> entries = new ArrayList<>();
    storage.walk(root(local) + "/data", entry -> entries.add(entry) && entries.size() < 3);
    assertEquals(3, entries.size());
    assertTrue(storage.list(root(local) + "/data").containsAll(entries));
    storage.walk(root(local) + "/nothing", entries::add);
    assertEquals(3, entries.size());

    write(root(local) + "/data-not", "x");
    if (!local) {
      write(root(local) + "/data/b/", ""); // as some tools create for a folder
    }
    entries.clear();
    storage.walk(root(local) + "/data", entries::add);
    assertEquals(4, entries.size());
    assertEquals(Set.copyOf(storage.list(root(local) + "/data")), Set.copyOf(entries));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void findsFilesByPrefixInOneFolderOnly(boolean local) throws IOException {
    String folder = root(local) + "/run";
    for (String name : List.of("log.2", "log.10", "lot", "logs/log.3", "log/a")) {
      write(folder + "/" + name, name);
    }
    assertEquals(
        List.of(folder + "/log.10", folder + "/log.2"),
        storage.listPrefix(folder + "/log").stream().map(Entry::path).toList());
    assertEquals(List.of(), storage.listPrefix(root(local) + "/nothing/log"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void treatsGlobCharactersLiterally(boolean local) throws IOException {
    String odd = root(local) + "/[a]*?{b}";
    write(odd + "/f[1].txt", "right");
    write(root(local) + "/XaX12YbZ/f-1-.txt", "wrong");

    assertEquals(Map.of(odd + "/f[1].txt", 5L), sizes(odd));
    assertTrue(storage.exists(odd + "/f[1].txt"));
    assertFalse(storage.exists(root(local) + "/*/f[1].txt"));
    storage.rename(odd + "/f[1].txt", odd + "/g*");
    assertEquals(Map.of(odd + "/g*", 5L), sizes(odd));
    storage.delete(odd + "/g*");
    assertEquals(List.of(), storage.list(odd));
    assertEquals(1, storage.list(root(local)).size());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void listsAFileAsItselfAndNothingAsEmpty(boolean local) throws IOException {
    write(root(local) + "/file", "abc");

    assertEquals(Map.of(root(local) + "/file", 3L), sizes(root(local) + "/file"));
    assertEquals(List.of(), storage.list(root(local) + "/nothing"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void renameReplaces(boolean local) throws IOException {
    write(root(local) + "/old", "old");
    write(root(local) + "/new", "new");

    storage.rename(root(local) + "/new", root(local) + "/old");

    assertEquals("new", read(root(local) + "/old"));
    assertFalse(storage.exists(root(local) + "/new"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void writesAtomicallyWithoutLeavingParts(boolean local) throws IOException {
    storage.writeWhole(root(local) + "/whole", ByteBuffer.wrap(new byte[] {'a', 'b'}));

    assertEquals(Map.of(root(local) + "/whole", 2L), sizes(root(local)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void extendsAFile(boolean local) throws IOException {
    String path = root(local) + "/longer";
    storage.extend(path, ByteBuffer.wrap(new byte[] {'a', 'b'}), 0);
    assertEquals("ab", read(path));
    storage.extend(path, ByteBuffer.wrap(new byte[] {'a', 'b', 'c'}), 2);
    assertEquals("abc", read(path));

    write(path, "x"); // written by somebody else
    storage.extend(path, ByteBuffer.wrap(new byte[] {'a', 'b', 'c', 'd'}), 3);
    assertEquals("abcd", read(path));
  }

  @Test
  void treatsFileUrisAsLocalPaths() throws IOException {
    write("file://" + disk + "/a", "abc");

    assertEquals("abc", Files.readString(disk.resolve("a")));
    assertEquals(Map.of(disk + "/a", 3L), sizes("file:" + disk));
  }

  /** A dot in a regular expression does not match them by default. */
  @Test
  void recognisesObjectsWithLineBreaksInTheirNames() {
    for (String odd : List.of("a\u2028b", "a\u2029b", "a\u0085b", "a b#c%20d")) {
      assertFalse(BeamStorage.isLocal("s3://bucket/" + odd));
      assertTrue(BeamStorage.isLocal("/bucket/" + odd));
    }
  }

  @Test
  void followsLinksToFolders() throws IOException {
    write(disk + "/there/a", "abc");
    Path link = Files.createSymbolicLink(disk.resolve("here"), disk.resolve("there"));

    assertEquals(Map.of(link + "/a", 3L), sizes(link.toString()));
  }

  private Map<String, Long> sizes(String folder) throws IOException {
    return storage.list(folder).stream().collect(Collectors.toMap(Entry::path, Entry::bytes));
  }

  private String root(boolean local) {
    return local ? disk.toString() : "memory://bucket";
  }

  private void write(String path, String text) throws IOException {
    try (var channel = storage.create(path)) {
      channel.write(StandardCharsets.UTF_8.encode(text));
    }
  }

  private String read(String path) throws IOException {
    return new String(storage.readWhole(path, 100), StandardCharsets.UTF_8);
  }
}
