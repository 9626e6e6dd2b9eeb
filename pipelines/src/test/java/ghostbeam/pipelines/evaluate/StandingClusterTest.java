package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.cluster.ProcessResources;
import ghostbeam.pipelines.cluster.RunningCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that runs fifty jobs of each kind, as one does that is up for weeks. */
@Tag("soak")
final class StandingClusterTest {
  private static final int ROUNDS = Integer.getInteger("ghostbeam.rounds", 50);
  private static final int AT_A_TIME = 5;
  private static final int MOST_LOADERS = 2;

  /** For half of all rounds; pools fill up and code is compiled late. */
  private static final double MOST_GROWTH = 1.05;

  private static final int MORE_THREADS = 8;
  private static final int MORE_FILES = 16;

  @TempDir Path folder;

  @Test
  void holdsNoMoreAfterFiftyJobsOfEachKind() throws Exception {
    Scene scene = new Scene(folder);
    scene.images("images", Scene.CLASSES);
    try (RunningCluster cluster = RunningCluster.start(folder)) {
      run(cluster, SmallJobs.prepare(scene));
      Map<String, ProcessResources> midway = new TreeMap<>();
      for (int round = 0; round < ROUNDS; ) {
        List<List<String>> jobs = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
          jobs.addAll(SmallJobs.round(scene, round++));
        }
        run(cluster, jobs);
        Map<String, ProcessResources> now = holdings(cluster);
        System.out.println("after " + round + " jobs of each kind: " + now);
        if (round <= ROUNDS / 2) {
          midway = now;
        }
      }
      Map<String, ProcessResources> end = holdings(cluster);
      for (String name : end.keySet()) {
        assertFlat(name, midway.get(name), end.get(name));
      }
    }
  }

  private static void run(RunningCluster cluster, List<List<String>> jobs) throws Exception {
    RunningCluster.Command session = cluster.begin(jobs);
    assertEquals(0, session.await(), session.text());
  }

  private static Map<String, ProcessResources> holdings(RunningCluster cluster) throws Exception {
    Map<String, ProcessResources> all = new TreeMap<>();
    for (String name : new ArrayList<>(cluster.processes().keySet())) {
      all.put(name, cluster.holdings(name));
    }
    return all;
  }

  private static void assertFlat(String name, ProcessResources midway, ProcessResources end) {
    String found = name + ": " + midway + " became " + end;
    assertTrue(end.loaders() <= MOST_LOADERS, found);
    assertTrue(end.metaspaceKb() <= MOST_GROWTH * midway.metaspaceKb(), found);
    assertTrue(end.threads() <= midway.threads() + MORE_THREADS, found);
    assertTrue(end.files() <= midway.files() + MORE_FILES, found);
  }
}
