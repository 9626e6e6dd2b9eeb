package ghostbeam.model.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
  void followsLinksToFoldersAndTellsOfThoseToNowhere() throws IOException {
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

  @Test
  void namesTheFileThatDoesNotFitAndKeepsNothingOfIt() throws IOException {
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
  void listsWhatStaysWhileOtherFilesComeAndGo(@TempDir Path busy) throws Exception {
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
  void refusesALinkToAFolderAboveIt() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("a/b"));
    Files.createSymbolicLink(deep.resolve("loop"), folder);

    IOException refusal =
        assertThrows(IOException.class, () -> Storage.local().list(folder.toString()));

    assertEquals(
        deep.resolve("loop") + " is a link to a folder that it lies in; remove it",
        refusal.getMessage());
  }
}
