package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ghostbeam.pipelines.cluster.RunningCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster and its clients on the newest Java that this machine has; skipped below Java 23. */
@Tag("soak")
final class NewerJavaTest {
  private static final Path INSTALLED = Path.of("/usr/lib/jvm");
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

  /** The first that warns about Beam's and Flink's libraries, unless told not to. */
  private static final int WARNS = 23;

  @TempDir Path folder;

  @Test
  void runsEachKindOfJobWithoutAWarning() throws Exception {
    Optional<Path> java = newest();
    assumeTrue(java.isPresent(), "needs Java 23 or newer in " + INSTALLED);
    Scene scene = new Scene(folder);
    scene.images("images", Scene.CLASSES);
    List<List<String>> jobs = new ArrayList<>(SmallJobs.prepare(scene));
    jobs.addAll(SmallJobs.round(scene, 1));
    Map<String, String> environment = Map.of("JAVA_HOME", java.get().toString());
    try (RunningCluster cluster = RunningCluster.start(folder, environment)) {
      RunningCluster.Command session = cluster.begin(jobs);
      assertEquals(0, session.await(), session.text());
      assertEquals(List.of(), warnings(session.text()));
      for (String process : cluster.processes().keySet()) {
        assertEquals(List.of(), warnings(cluster.output(process)), process);
        int loaders = cluster.holdings(process).loaders();
        assertTrue(loaders <= 2, process + " holds class loaders of " + loaders + " jobs");
      }
    }
  }

  private static List<String> warnings(String said) {
    return said.lines().filter(line -> line.matches("(?i).*\\bwarn(ing)?\\b.*")).toList();
  }

  private static Optional<Path> newest() throws IOException {
    Path newest = null;
    int version = WARNS - 1;
    try (Stream<Path> homes = Files.list(INSTALLED)) {
      for (Path home : homes.filter(path -> Files.exists(path.resolve("release"))).toList()) {
        Matcher found = VERSION.matcher(Files.readString(home.resolve("release")));
        if (found.find() && Integer.parseInt(found.group(1)) > version) {
          version = Integer.parseInt(found.group(1));
          newest = home;
        }
      }
    }
    return Optional.ofNullable(newest);
  }
}
