package ghostbeam.pipelines.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
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
            "search.html",
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

  /** Whenever a run is killed while it clears, what is left is a search whose states have logs. */
  @Test
  void overwritingDeletesStatesBeforeLogsAndTheRequestLast() throws IOException {
    List<String> files =
        List.of(
            "request.json",
            "search.html",
            "step-1/width-1/training.jsonl",
            "step-1/width-1/state/state.safetensors",
            "step-2/depth-1/state/state.safetensors",
            "step-2/depth-1/training.jsonl");
    for (String file : files) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), "{\"seed\":1}");
    }
    List<String> deleted = new ArrayList<>();
    Storage storage =
        (Storage)
            Proxy.newProxyInstance(
                Storage.class.getClassLoader(),
                new Class<?>[] {Storage.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("delete")) {
                    deleted.add(folder.relativize(Path.of((String) arguments[0])).toString());
                  }
                  return method.invoke(Storage.local(), arguments);
                });
    new SearchFolder(storage, folder.toString()).begin(JSON.readTree("{\"seed\":2}"), true);
    assertEquals(List.copyOf(new TreeSet<>(files)), deleted.stream().sorted().toList());
    assertTrue(
        deleted.subList(0, 2).stream().allMatch(file -> file.contains("/state/")),
        deleted::toString);
    assertEquals("request.json", deleted.get(deleted.size() - 1));
  }

  @Test
  void whatLiesInTheWayOfTheProxyTaskIsNoSearchEither() throws IOException {
    Path subset = folder.resolve("proxy/val-subset.json");
    Files.createDirectories(subset.getParent());
    Files.writeString(subset, "mine");
    SearchFolder search = new SearchFolder(Storage.local(), folder.toString());
    String told =
        assertThrows(IOException.class, () -> search.begin(JSON.readTree("{}"), true)).getMessage();
    assertTrue(told.startsWith(folder.resolve("proxy") + " exists, but"), told);
    assertEquals("mine", Files.readString(subset));
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
      assertTrue(told.startsWith(folder.resolve("step-1") + " exists, but"), told);
    }
    assertEquals("mine", Files.readString(tally));
    assertFalse(Files.exists(folder.resolve("request.json")));
  }
}
