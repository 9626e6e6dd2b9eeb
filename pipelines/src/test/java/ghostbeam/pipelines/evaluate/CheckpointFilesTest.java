package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFilesTest {
  @TempDir Path root;

  @BeforeEach
  void createFiles() throws IOException {
    for (String file :
        List.of(
            "run/top.safetensors",
            "run/checkpoints/best.safetensors",
            "run/checkpoints/epoch-0001.safetensors",
            "run/checkpoints/epoch-0002.safetensors",
            "run/checkpoints/optimizer.safetensors",
            "run/checkpoints/notes.txt",
            "run/state/model.safetensors",
            "run/deeper/checkpoints/best.safetensors")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.createFile(root.resolve(file));
    }
  }

  @Test
  void aFolderStandsForItsOwnFilesAndThoseInItsCheckpoints() throws IOException {
    assertEquals(
        List.of(
            "run/checkpoints/best.safetensors",
            "run/checkpoints/epoch-0001.safetensors",
            "run/checkpoints/epoch-0002.safetensors",
            "run/top.safetensors"),
        find("run"));
  }

  @Test
  void aGlobStaysWithinItsFolders() throws IOException {
    assertEquals(
        List.of("run/checkpoints/epoch-0001.safetensors", "run/checkpoints/epoch-0002.safetensors"),
        find("run/checkpoints/epoch-*.safetensors"));
    assertEquals(
        List.of(
            "run/checkpoints/best.safetensors",
            "run/checkpoints/epoch-0001.safetensors",
            "run/checkpoints/epoch-0002.safetensors"),
        find("r?n/checkpoints/*"));
    assertEquals(
        List.of("run/checkpoints/best.safetensors", "run/deeper/checkpoints/best.safetensors"),
        find("run/**best.safetensors"));
  }

  @Test
  void aFileFoundTwiceCountsOnce() throws IOException {
    assertEquals(
        List.of("run/checkpoints/best.safetensors"),
        find("run/checkpoints/best.safetensors", "run/checkpoints/b*"));
  }

  @Test
  void aFileGivenByPathIsTakenWhateverItsName() throws IOException {
    assertEquals(
        List.of("run/checkpoints/optimizer.safetensors"),
        find("run/checkpoints/optimizer.safetensors"));
  }

  @Test
  void aPathThatStandsForNoneIsNamed() {
    for (String path : List.of("nowhere", "run/x-*.safetensors", "run/notes.txt")) {
      IOException refused = assertThrows(IOException.class, () -> find("run", path));
      assertTrue(refused.getMessage().contains(path + " holds no checkpoint"), path);
    }
  }

  private List<String> find(String... paths) throws IOException {
    List<String> absolute = Arrays.stream(paths).map(path -> root + "/" + path).toList();
    return CheckpointFiles.find(Storage.local(), absolute).stream()
        .map(file -> root.relativize(Path.of(file)).toString())
        .toList();
  }
}
