package ghostbeam.pipelines.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SearchFolderTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void overwritingLeavesWhatIsNotOfASearch() throws IOException {
    for (String file :
        List.of(
            "request.json",
            "search.json",
            "proxy/val-subset.json",
            "step-1/width-1.tally",
            "step-1/width-1/state/state.safetensors",
            "found/training.jsonl",
            "notes.txt")) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), "{\"seed\":1}");
    }
    new SearchFolder(Storage.local(), folder.toString()).begin(JSON.readTree("{\"seed\":2}"), true);
    try (Stream<Path> files = Files.walk(folder)) {
      assertEquals(
          List.of("found/training.jsonl", "notes.txt", "request.json"),
          files
              .filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString())
              .sorted()
              .toList());
    }
    assertEquals("{\"seed\":2}", Files.readString(folder.resolve("request.json")));
  }

  /** What has our names by chance is neither deleted nor taken for what this search trained. */
  @Test
  void leavesFoldersAloneThatAreOfNoSearch() throws IOException {
    Path tally = folder.resolve("step-1/width-1.tally");
    Files.createDirectories(tally.getParent());
    Files.writeString(tally, "mine");
    SearchFolder search = new SearchFolder(Storage.local(), folder.toString());
    for (boolean overwrite : new boolean[] {false, true}) {
      String told =
          assertThrows(IOException.class, () -> search.begin(JSON.readTree("{}"), overwrite))
              .getMessage();
      assertTrue(told.startsWith(folder.resolve("step-1") + " is there without"), told);
    }
    assertEquals("mine", Files.readString(tally));
    assertFalse(Files.exists(folder.resolve("request.json")));
  }
}
