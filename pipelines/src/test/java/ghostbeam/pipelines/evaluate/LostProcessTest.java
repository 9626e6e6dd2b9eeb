package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.Session;
import ghostbeam.pipelines.cluster.RunningCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose processes are killed and brought back by {@code cluster start}. */
@Tag("soak")
final class LostProcessTest {
  private static final int KILLS = 10;
  private static final int IMAGES = 20_000;

  @TempDir Path folder;

  @Test
  void preprocessesTheSameAfterTenKillsAtRandomMoments() throws Exception {
    Scene scene = new Scene(folder);
    zip(scene.path("images.zip"));
    long seed = System.nanoTime();
    System.out.println("kills of seed " + seed);
    Random random = new Random(seed);
    try (RunningCluster cluster = RunningCluster.start(folder)) {
      long start = System.nanoTime();
      cluster.succeed("preprocess", preprocess(scene, "undisturbed"));
      long millis = (System.nanoTime() - start) / 1_000_000;
      String expected = scene.contents("undisturbed");
      int hits = 0;
      for (int i = 0; i < KILLS; i++) {
        RunningCluster.Command run = cluster.begin("preprocess", preprocess(scene, "killed-" + i));
        String job = cluster.awaitRunning(run, "preprocess " + scene.path("killed-" + i) + " ", "");
        Thread.sleep(random.nextInt((int) millis / 2));
        cluster.kill("taskmanager-" + (1 + random.nextInt(2)));
        cluster.succeed("cluster", "start");
        assertEquals(0, run.await(), run.text());
        assertEquals(expected, scene.contents("killed-" + i));
        hits +=
            cluster.rest("/jobs/" + job + "/exceptions").toString().contains("timestamp") ? 1 : 0;
      }
      System.out.println(hits + " of " + KILLS + " kills hit the job");
      assertTrue(hits > 0);
    }
  }

  /** With other settings, in this process, while the job on the cluster goes on. */
  @Test
  void theNextRunHasTheOutputOfADeadClientToItself() throws Exception {
    Scene scene = new Scene(folder);
    zip(scene.path("images.zip"));
    Session.run(List.of(coarse(scene, "undisturbed")));
    try (RunningCluster cluster = RunningCluster.start(folder)) {
      RunningCluster.Command dying = cluster.begin("preprocess", preprocess(scene, "taken"));
      while (!hasShards(scene.path("taken"))) { // Flink tells of a job's stages too late
        assertTrue(dying.process().isAlive(), dying.text());
      }
      dying.process().destroyForcibly();
      assertEquals(137, dying.await(), dying.text());
      String job = cluster.jobs("preprocess " + scene.path("taken")).get(0);

      Session.run(List.of(coarse(scene, "taken")));

      assertEquals(scene.contents("undisturbed"), scene.contents("taken"));
      assertEquals("FAILED", cluster.state(job));
      String failures = cluster.rest("/jobs/" + job + "/exceptions").toString();
      assertTrue(failures.contains("another run has taken over split val of "), failures);
    }
  }

  private static boolean hasShards(Path output) throws IOException {
    if (!Files.isDirectory(output)) {
      return false;
    }
    try (Stream<Path> files = Files.list(output)) {
      return files.anyMatch(file -> file.toString().endsWith(".receipt"));
    }
  }

  private static List<String> coarse(Scene scene, String output) {
    List<String> command = new ArrayList<>(List.of("preprocess"));
    command.addAll(List.of(preprocess(scene, output)));
    command.addAll(List.of("--quality=40", "--runner=DirectRunner"));
    return command;
  }

  private static String[] preprocess(Scene scene, String output) {
    return new String[] {
      "--input=" + scene.path("images.zip"),
      "--output=" + scene.path(output),
      "--split=val",
      "--shards=64",
      "--encoding=resized",
      "--shorterSide=24",
    };
  }

  private static void zip(Path file) throws Exception {
    Random random = new Random(3);
    List<byte[]> pictures = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      pictures.add(Scene.blobs(random));
    }
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < IMAGES; i++) {
        zip.putNextEntry(new ZipEntry("n" + i % 7 + "/" + i + ".JPEG"));
        zip.write(pictures.get(i % pictures.size()));
        zip.closeEntry();
      }
    }
  }

  @Test
  void goesOnAfterTheJobManagerWasKilledBetweenStagesAndWithinOne() throws Exception {
    Scene scene = OnClusterTest.scene(folder);
    scene.evaluateRun("expected");
    try (RunningCluster cluster = RunningCluster.start(folder)) {
      String[] evaluate = evaluate(scene, "between");
      cluster.succeed(
          "preprocess",
          "--input=" + scene.path("images"),
          "--output=" + scene.path("again"),
          "--split=val",
          "--shards=4");
      cluster.kill("jobmanager");
      cluster.succeed("cluster", "start");
      cluster.succeed("evaluate", evaluate);
      assertEquals(scene.contents("data"), scene.contents("again"));
      assertEquals(scene.contents("expected"), scene.contents("between"));

      RunningCluster.Command within = cluster.begin("evaluate", evaluate(scene, "within"));
      cluster.awaitRunning(within, "evaluate " + scene.path("within"), "Score");
      long start = System.nanoTime();
      cluster.kill("jobmanager");
      assertEquals(1, within.await(), within.text());
      System.out.printf(
          "told after %.0f s%n%s%n", (System.nanoTime() - start) / 1e9, within.text());
      List<String> said =
          within.text().lines().filter(line -> line.startsWith("ghostbeam evaluate: ")).toList();
      assertEquals(1, said.size(), within.text());
      assertTrue(said.get(0).contains("127.0.0.1:" + cluster.port()), said.get(0));
      cluster.succeed("cluster", "start");
      cluster.succeed("evaluate", evaluate(scene, "within"));
      assertEquals(scene.contents("expected"), scene.contents("within"));
    }
  }

  private static String[] evaluate(Scene scene, String output) {
    return new String[] {
      "--data=" + scene.path("data"),
      "--checkpoints=" + scene.path("run"),
      "--output=" + scene.path(output),
    };
  }
}
