package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pipelines that {@code src/sample} shows do what our commands do. */
class ShardAndScoreTest {
  private static final Path SAMPLE = Path.of("src", "sample", "java", "ShardAndScore.java");

  @TempDir Path root;

  @Test
  void theSampleMakesTheSameDatasetAndScores() throws Exception {
    assertTrue(Files.readAllLines(SAMPLE).size() < 60, "a sample should be short");
    Scene scene = Scene.ofFourCheckpoints(root);
    String checkpoint = root.resolve("run/checkpoints/epoch-0001.safetensors").toString();
    scene.evaluateRun("reference", "--checkpoints=" + checkpoint);
    Path scores = root.resolve("scores.txt");

    run(
        root.resolve("images").toString(),
        root.resolve("sharded").toString(),
        checkpoint,
        scores.toString());

    assertEquals(digest("data"), digest("sharded"));
    String right = scene.report("reference").at("/checkpoints/0/top1/correct").asText();
    assertEquals(checkpoint.replace(".safetensors", " ") + right, Files.readString(scores).strip());
  }

  /** Compiles and runs it as a user would who has only our classes. */
  private void run(String... args) throws Exception {
    Path classes = Files.createDirectory(root.resolve("classes"));
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    String[] compilation = {"-proc:none", "-cp", path, "-d", classes.toString(), "" + SAMPLE};
    int failed = ToolProvider.getSystemJavaCompiler().run(null, null, null, compilation);
    assertEquals(0, failed);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader); // where Beam looks for the sample's own functions
      Method main = loader.loadClass("ShardAndScore").getDeclaredMethod("main", String[].class);
      main.setAccessible(true);
      main.invoke(null, (Object) args);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private String digest(String folder) throws IOException {
    return new DatasetFolder(Storage.local(), root.resolve(folder).toString(), "val")
        .manifest()
        .digest();
  }
}
