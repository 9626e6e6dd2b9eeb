package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.cli.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
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
  void aFolderMeansItsOwnFilesAndThoseInItsCheckpoints() throws IOException {
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
  void aPathWithoutCheckpointsIsNamed() {
    Map<String, String> lacks =
        Map.of(
            "run/x-*.safetensors", "holds no checkpoint: ",
            "nowhere", "does not exist or is empty: ",
            "run/best.safetensors", "does not exist: ",
            "run/net.pt", "does not exist: ");
    lacks.forEach(
        (path, lack) -> {
          IOException refused = assertThrows(IOException.class, () -> find("run", path));
          assertTrue(refused.getMessage().contains(path + " " + lack), refused::getMessage);
        });
  }

  @Test
  void anExistingNameIsNotReadAsAGlob() throws IOException {
    for (String file :
        List.of(
            "lr[0.1]/checkpoints/best.safetensors",
            "lr0/lure.safetensors",
            "{x}/best.safetensors",
            "open{/best.safetensors",
            "b[a].safetensors",
            "none[1]/notes.txt",
            "none1/lure.safetensors")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.createFile(root.resolve(file));
    }
    assertEquals(List.of("lr[0.1]/checkpoints/best.safetensors"), find("lr[0.1]"));
    assertEquals(List.of("{x}/best.safetensors"), find("{x}"));
    assertEquals(List.of("open{/best.safetensors"), find("open{"));
    assertEquals(List.of("b[a].safetensors"), find("b[a].safetensors"));
    assertEquals(
        List.of("lr[0.1]/checkpoints/best.safetensors"), find("lr\\[0.1\\]/checkpoints/*"));
    IOException none = assertThrows(IOException.class, () -> find("none[1]"));
    assertTrue(none.getMessage().contains("none[1] holds no checkpoint"), none::getMessage);
  }

  @Test
  void aGlobsBracesKeepTheirCommas() throws IOException {
    String list = root + "/run/{deeper,nowhere}/checkpoints/best.safetensors, b{,c{d,e},,f,";
    assertEquals(
        List.of(
            root + "/run/{deeper,nowhere}/checkpoints/best.safetensors",
            Path.of("b{,c{d,e}").toAbsolutePath().toString(),
            Path.of("f").toAbsolutePath().toString()),
        asked(list));
    assertEquals(
        List.of("run/deeper/checkpoints/best.safetensors"),
        find("run/{deeper,nowhere}/checkpoints/best.safetensors"));
    assertEquals(3, asked("{a,b,c{d").size());
  }

  /** Unless a path with the whole name exists. */
  @Test
  void aCommaSeparatesPaths() throws IOException {
    Files.createDirectories(root.resolve("lr=1,wd=2/checkpoints"));
    String both = root + "/lr=1,wd=2";
    assertEquals(List.of(both), asked(both));
    assertEquals(3, asked(both + ",b").size());
    Files.createDirectories(root.resolve("lr=1,wd=2,b"));
    assertEquals(List.of(both + ",b"), asked(both + ",b"));
  }

  private static List<String> asked(String checkpoints) {
    EvaluateOptions options = PipelineOptionsFactory.as(EvaluateOptions.class);
    options.setData("data");
    options.setOutput("report");
    options.setCheckpoints(checkpoints);
    return EvaluateRequest.of(options).checkpoints();
  }

  @Test
  void aMissingPathThatIsNoGlobIsWrongUsage() {
    for (String path : List.of("run/{a", "run/b[", "run/{a,{b,c}}/*")) {
      String message = assertThrows(UsageException.class, () -> find(path)).getMessage();
      assertTrue(
          message.startsWith("--checkpoints=" + root + "/" + path + " does not exist"), message);
    }
  }

  private List<String> find(String... paths) throws IOException {
    List<String> absolute = Arrays.stream(paths).map(path -> root + "/" + path).toList();
    return CheckpointFiles.find(Storage.local(), absolute).stream()
        .map(file -> root.relativize(Path.of(file)).toString())
        .toList();
  }
}
