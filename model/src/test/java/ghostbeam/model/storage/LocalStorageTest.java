package ghostbeam.model.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageTest {
  @TempDir Path folder;

  @Test
  void followsLinksToFoldersAndReportsDanglingOnes() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("a"), "a");
    Path source = Files.createDirectories(folder.resolve("source"));
    Files.createSymbolicLink(source.resolve("linked"), other);
    Path link = Files.createSymbolicLink(source.resolve("nowhere"), folder.resolve("gone"));
    List<String> nowhere = new ArrayList<>();

    assertEquals(1, Storage.local().list(source.toString()).size());
    assertEquals(1, Storage.local().list(source.toString(), nowhere::add).size());
    assertEquals(List.of(link.toString()), nowhere);
  }

  /**
   * Two classes named in Latin-1, as on an old disk, would be merged, and their files not opened.
   */
  @Test
  void rejectsNamesThatTheLocaleCannotDecode() throws Exception {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")));
    String make = "mkdir $'caf\\xe9' $'caf\\xe8'; touch $'caf\\xe9/a.jpg' $'caf\\xe8/a.jpg'";
    Process bash = new ProcessBuilder("bash", "-c", make).directory(folder.toFile()).start();
    assertEquals(0, bash.waitFor());
    IOException refused =
        assertThrows(IOException.class, () -> Storage.local().list(folder.toString()));
    String start =
        "%1$s holds a file whose name is not in UTF-8: '%1$s/caf\uFFFD/a.jpg', where"
            .formatted(folder);
    assertTrue(refused.getMessage().startsWith(start), refused.getMessage());
    assertTrue(
        refused.getMessage().endsWith("convmv -r -f latin1 -t utf8 --notest '" + folder + "'"),
        refused.getMessage());
  }

  /** The replacement character itself may be in a name. */
  @Test
  void acceptsTheReplacementCharacter() throws IOException {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")));
    Files.createFile(folder.resolve("\uFFFD"));
    assertEquals(1, Storage.local().list(folder.toString()).size());
  }

  @Test
  void namesAFileThatDoesNotFitOnTheDiskAndKeepsNothingOfIt() throws IOException {
    Path file = folder.resolve("a/whole");
    Path part = Files.createDirectories(folder.resolve("a")).resolve("whole.part");
    Files.createSymbolicLink(part, Path.of("/dev/full"));

    IOException full =
        assertThrows(
            IOException.class,
            () -> Storage.local().writeWhole(file.toString(), ByteBuffer.allocate(1)));

    assertEquals(part + ": No space left on device", full.getMessage());
    assertEquals(List.of(), Storage.local().list(folder.toString()));
  }

  @Test
  void listsRemainingFilesWhileOthersAreDeleted(@TempDir Path busy) throws Exception {
    for (int i = 0; i < 50; i++) {
      Files.createFile(busy.resolve("stays-" + i));
    }
    AtomicBoolean end = new AtomicBoolean();
    Thread other =
        new Thread(
            () -> {
              for (int i = 0; !end.get(); i++) {
                Path brief = busy.resolve("brief-" + i % 40);
                try {
                  Files.createFile(brief);
                  Files.delete(brief);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    other.start();
    try {
      for (int i = 0; i < 2000; i++) {
        long stayed =
            Storage.local().list(busy.toString()).stream()
                .filter(entry -> entry.path().contains("stays-"))
                .count();
        assertEquals(50, stayed);
      }
    } finally {
      end.set(true);
      other.join();
    }
  }

  @Test
  void rejectsALinkToAParentFolder() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("a/b"));
    Files.createSymbolicLink(deep.resolve("loop"), folder);

    IOException refusal =
        assertThrows(IOException.class, () -> Storage.local().list(folder.toString()));

    assertEquals(
        deep.resolve("loop") + " is a link to one of its parent folders; remove it",
        refusal.getMessage());
  }
}
