package ghostbeam.pipelines.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.FreePort;
import ghostbeam.pipelines.remote.ClassPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts of {@code cluster} that need no running cluster. */
final class ClusterJobTest {
  @TempDir Path folder;

  private static String run(int port, String... words) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ClusterOptions options = PipelineOptionsFactory.as(ClusterOptions.class);
    options.setWhat(List.of(words));
    options.setPort(port);
    ClusterJob.run(options, new PrintStream(said, true, StandardCharsets.UTF_8));
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void statusAndStopFailIfNothingRuns() throws Exception {
    int port = FreePort.find();
    String status =
        assertThrows(IllegalStateException.class, () -> run(port, "status")).getMessage();
    assertTrue(status.startsWith("no cluster runs on port " + port + "; "), status);
    assertTrue(status.endsWith("./run cluster start --port=" + port + " starts one"), status);
    String stop = assertThrows(IllegalStateException.class, () -> run(port, "stop")).getMessage();
    assertTrue(stop.startsWith("no cluster runs on port " + port), stop);
  }

  /** Starts a process with a JobManager's marker, beside the files of a dead cluster. */
  @Test
  void namesClustersOnOtherPorts() throws Exception {
    int port = FreePort.find();
    FlinkProcess jobManager = ClusterFolder.of(FreePort.find()).jobManager();
    ClusterFolder dead = ClusterFolder.of(FreePort.find());
    jobManager.folder().create();
    dead.create();
    Files.writeString(dead.pidFile("taskmanager-1"), "1");
    String mark = "-Dghostbeam.cluster=" + jobManager.folder().root() + "/jobmanager";
    Process process = new ProcessBuilder("/usr/bin/bash", "-c", "read -r", "bash", mark).start();
    try {
      Files.writeString(jobManager.folder().pidFile("jobmanager"), Long.toString(process.pid()));
      String flag = "--port=" + jobManager.folder().port();
      for (String word : List.of("stop", "status")) {
        String said = assertThrows(IllegalStateException.class, () -> run(port, word)).getMessage();
        assertTrue(
            said.startsWith("no cluster runs on port " + port + ", but one runs with ")
                && said.contains(flag),
            said);
        assertFalse(said.contains("--port=" + dead.port()), said);
      }
    } finally {
      process.destroy();
      FileUtils.deleteDirectory(jobManager.folder().root().toFile());
      FileUtils.deleteDirectory(dead.root().toFile());
    }
  }

  /** Every jar is either staged by a job or in one of the two exported folders. */
  @Test
  void exportsWhatAnExistingClusterNeeds() throws Exception {
    Path to = folder.resolve("export");
    String said = run(8081, "export", to.toString());

    Set<String> lib = names(to.resolve("lib"));
    Set<String> flink = names(to.resolve("flink"));
    assertTrue(said.startsWith(to + "/lib: " + lib.size() + " jars, "), said);
    assertTrue(lib.stream().anyMatch(jar -> jar.startsWith("pytorch-native-cpu-")), lib.toString());
    assertTrue(lib.stream().anyMatch(jar -> jar.startsWith("opencv-")), lib.toString());
    assertTrue(
        lib.stream().noneMatch(jar -> jar.matches("(flink|logback|slf4j)-.*")), lib.toString());
    assertTrue(flink.stream().anyMatch(jar -> jar.startsWith("flink-runtime-")), flink.toString());
    Set<String> both = new TreeSet<>(lib);
    both.addAll(flink);
    assertEquals(
        ClassPath.current().libraries().stream()
            .map(jar -> jar.getFileName().toString())
            .collect(Collectors.toCollection(TreeSet::new)),
        both);
    assertEquals(lib.size() + flink.size(), both.size(), "a jar lies in both");
    assertEquals(
        1,
        GlobalConfiguration.loadConfiguration(to.resolve("conf").toString())
            .get(TaskManagerOptions.NUM_TASK_SLOTS));
    assertTrue(Files.readString(to.resolve("ghostbeam.env")).contains("LD_PRELOAD=libjemalloc"));
    assertEquals(
        Set.of("lib", "flink", "conf", "ghostbeam.env"), names(to), "nothing else, nor beside it");
    assertEquals(Set.of("export"), names(folder));

    IOException again = assertThrows(IOException.class, () -> run(8081, "export", to.toString()));
    assertEquals(to + " already exists; export needs a new folder", again.getMessage());
    assertFalse(Files.exists(folder.resolve("export.part")));
  }

  private static Set<String> names(Path in) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(HashSet::new));
    }
  }
}
