package ghostbeam.pipelines.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.HeldFiles;
import ghostbeam.pipelines.Session;
import ghostbeam.pipelines.cluster.RunningCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose processes are killed and brought back by {@code cluster start}. */
@Tag("soak")
final class LostProcessTest {
  private static final int KILLS = 10;
  private static final int IMAGES = 4_000;

  /** Reads of the archive in each of two processes: fewer than its half of the images. */
  private static final int MOST_READS = 1_000;

  /** Number of reads after which the archive has surely been listed. */
  private static final int LISTED = 100;

  @TempDir Path folder;

  @Test
  void preprocessesTheSameAfterTenKillsAtRandomMoments() throws Exception {
    Scene scene = new Scene(folder);
    zip(scene.path("images.zip"));
    long seed = System.nanoTime();
    System.out.println("kills of seed " + seed);
    Random random = new Random(seed);
    try (RunningCluster cluster = RunningCluster.start(folder)) {
      cluster.succeed("preprocess", preprocess(scene, "undisturbed"));
      String expected = scene.contents("undisturbed");
      for (int i = 0; i < KILLS; i++) {
        int reads = LISTED + random.nextInt(MOST_READS - LISTED);
        RunningCluster.Command run;
        try (HeldFiles.Hold hold = HeldFiles.after(scene.path("images.zip"), ".*", reads)) {
          run = cluster.begin("preprocess", preprocess(scene, "killed-" + i));
          run.awaitHeld(hold, 2);
          cluster.kill("taskmanager-" + (1 + random.nextInt(2)));
          cluster.succeed("cluster", "start");
        }
        String job = cluster.jobs("preprocess " + scene.path("killed-" + i) + " ").get(0);
        assertEquals(0, run.await(), run.text());
        assertEquals(expected, scene.contents("killed-" + i));
        String failures = cluster.rest("/jobs/" + job + "/exceptions").toString();
        assertTrue(failures.contains("timestamp"), failures);
      }
    }
  }

  /** With other settings, in this process, while the job on the cluster goes on. */
  @Test
  void theNextRunHasTheOutputOfADeadClientToItself() throws Exception {
    Scene scene = new Scene(folder);
    zip(scene.path("images.zip"));
    Session.run(List.of(coarse(scene, "undisturbed")));
    try (RunningCluster cluster = RunningCluster.start(folder)) {
      String job;
      try (HeldFiles.Hold hold = HeldFiles.after(scene.path("images.zip"), ".*", LISTED)) {
        RunningCluster.Command dying = cluster.begin("preprocess", preprocess(scene, "taken"));
        dying.awaitHeld(hold, 2);
        dying.process().destroyForcibly();
        assertEquals(137, dying.await(), dying.text());
        job = cluster.jobs("preprocess " + scene.path("taken")).get(0);

        Session.run(List.of(coarse(scene, "taken")));
      }

      cluster.awaitKnownEnd(job);
      assertEquals(scene.contents("undisturbed"), scene.contents("taken"));
      assertEquals("FAILED", cluster.state(job));
      String failures = cluster.rest("/jobs/" + job + "/exceptions").toString();
      assertTrue(failures.contains("another run has taken over split val of "), failures);
    }
  }

  private static List<String> coarse(Scene scene, String output) {
    List<String> command = new ArrayList<>(List.of("preprocess"));
    command.addAll(List.of(preprocess(scene, output)));
    command.set(1, "--input=" + scene.path("images.zip")); // which nobody holds
    command.addAll(List.of("--quality=40", "--runner=DirectRunner"));
    return command;
  }

  private static String[] preprocess(Scene scene, String output) {
    return new String[] {
      "--input=" + HeldFiles.name(scene.path("images.zip")),
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
  void continuesAfterTheJobManagerWasKilledBetweenStagesAndWithinOne() throws Exception {
    Scene scene = OnClusterTest.scene(folder);
    scene.evaluateRun("expected", "--data=" + data(scene));
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

      RunningCluster.Command within;
      try (HeldFiles.Hold hold = HeldFiles.after(scene.path("data"), ".*\\.tfrecord", 0)) {
        within = cluster.begin("evaluate", evaluate(scene, "within"));
        within.awaitHeld(hold, 1);
        cluster.kill("jobmanager");
        assertEquals(1, within.await(), within.text());
      }
      List<String> said =
          within.text().lines().filter(line -> line.startsWith("ghostbeam evaluate: ")).toList();
      assertEquals(1, said.size(), within.text());
      assertTrue(said.get(0).contains("127.0.0.1:" + cluster.port()), said.get(0));
      cluster.succeed("cluster", "start");
      cluster.succeed("evaluate", evaluate(scene, "within"));
      assertEquals(scene.contents("expected"), scene.contents("within"));
    }
  }

  private static String data(Scene scene) {
    return HeldFiles.name(scene.path("data"));
  }

  private static String[] evaluate(Scene scene, String output) {
    return new String[] {
      "--data=" + data(scene),
      "--checkpoints=" + scene.path("run"),
      "--output=" + scene.path(output),
    };
  }
}
