package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.FalseClock;
import ghostbeam.pipelines.HeldFiles;
import ghostbeam.pipelines.cluster.RunningCluster;
import ghostbeam.pipelines.remote.Address;
import ghostbeam.pipelines.remote.RemoteCluster;
import java.nio.file.Path;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What takes minutes on a cluster of two TaskManagers. */
@Tag("soak")
final class OnClusterSoakTest {
  @TempDir Path folder;

  @Test
  void survivesTenKillsAtRandomMoments() throws Exception {
    Scene scene = OnClusterTest.scene(folder);
    scene.evaluateRun("expected", OnClusterTest.data(scene, "data"));
    long seed = System.nanoTime();
    System.out.println("kills of seed " + seed);
    Random random = new Random(seed);
    try (RunningCluster cluster = RunningCluster.start(folder)) {
      for (int i = 0; i < 10; i++) {
        OnClusterTest.evaluatesTheSameAfterAKill(
            scene, cluster, "killed-" + i, random.nextInt(OnClusterTest.FEWEST_READS));
      }
    }
  }

  /** The source of the client's progress line; Flink updates it every ten seconds. */
  @Test
  void countsTheBatchesThatAJobHasStarted() throws Exception {
    Scene scene = OnClusterTest.scene(folder);
    try (RunningCluster cluster = RunningCluster.start(folder);
        RemoteCluster remote =
            RemoteCluster.at(new Address("127.0.0.1", cluster.port()), new Configuration());
        HeldFiles.Hold hold = HeldFiles.after(scene.path("data"), OnClusterTest.SHARDS, 10)) {
      RunningCluster.Command evaluate =
          cluster.begin(
              "evaluate",
              OnClusterTest.data(scene, "data"),
              "--checkpoints=" + scene.path("run"),
              "--batchSize=1",
              "--output=" + scene.path("seen"));
      evaluate.awaitHeld(hold, 2);
      String job = cluster.jobs("evaluate " + scene.path("seen")).get(0);
      while (remote.emittedElements(job) == 0) {
        assertTrue(evaluate.process().isAlive(), evaluate.text());
        Thread.sleep(500);
      }
      long begun = remote.emittedElements(job);
      assertTrue(begun < scene.records("data"), begun + " while held");
      hold.release();
      assertEquals(0, evaluate.await(), evaluate.text());
    }
  }

  /** A client sends Flink the time at which its heartbeat expires, by a clock that may be wrong. */
  @Test
  void ignoresTheClientsClock() throws Exception {
    Scene scene = OnClusterTest.scene(folder);
    FalseClock clock = FalseClock.in(folder);
    clock.turn("-2h");
    try (RunningCluster cluster = RunningCluster.start(folder);
        HeldFiles.Hold hold = HeldFiles.after(scene.path("data"), OnClusterTest.SHARDS, 0)) {
      RunningCluster.Command evaluate =
          cluster.begin(
              clock.environment(),
              "evaluate",
              OnClusterTest.data(scene, "data"),
              "--checkpoints=" + scene.path("run"),
              "--output=" + scene.path("seen"));
      evaluate.awaitHeld(hold, 2);
      Thread.sleep(25_000); // Flink looks twice meanwhile, each ten seconds at most
      hold.release();
      assertEquals(0, evaluate.await(), evaluate.text());
      assertFalse(evaluate.text().contains("no heartbeat"), evaluate.text());
    }
  }
}
