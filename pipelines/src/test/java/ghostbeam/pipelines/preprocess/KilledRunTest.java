package ghostbeam.pipelines.preprocess;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.pipelines.FreshJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process, killed without warning in the midst of its work, and started again. */
class KilledRunTest {
  private static final int SHARDS = 16;
  private static final int IMAGES = 320;
  private static final long PATIENCE_S = 120;

  @TempDir Path temporary;

  private Path zip;

  @BeforeEach
  void makeSource() throws IOException {
    zip = temporary.resolve("source.zip");
    try (OutputStream file = Files.newOutputStream(zip);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (int i = 0; i < IMAGES; i++) {
        out.putNextEntry(new ZipEntry(String.format("n%d/%03d.JPEG", i % 3, i)));
        out.write(picture(i));
        out.closeEntry();
      }
    }
  }

  @Test
  void endsInTheSameBytesAfterThreeKills() throws Exception {
    assertSameAfterKills(3, "--runner=DirectRunner");
  }

  @Test
  @Tag("soak")
  void endsInTheSameBytesAfterTwentyKillsOnDirectRunner() throws Exception {
    assertSameAfterKills(20, "--runner=DirectRunner");
  }

  @Test
  @Tag("soak")
  void endsInTheSameBytesAfterTwentyKillsOnFlink() throws Exception {
    assertSameAfterKills(20, "--parallelism=2");
  }

  /** As Ctrl-Z and fg do it; Flink takes a worker that is silent for 50 s for dead. */
  @Test
  @Tag("soak")
  void goesOnWhereItWasStoppedForAMinute() throws Exception {
    Path whole = temporary.resolve("whole");
    finish(start(whole, "--runner=DirectRunner"));
    Path output = temporary.resolve("out");
    Process run = start(output, "--parallelism=1");
    awaitShards(run, output, 1);
    signal("STOP", run);
    assertTrue(shards(output) < SHARDS, "it was stopped too late");
    Thread.sleep(TimeUnit.SECONDS.toMillis(60));
    signal("CONT", run);
    finish(run);
    assertEquals(files(whole), files(output));
  }

  private static void signal(String name, Process to) throws Exception {
    String pid = Long.toString(to.pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
  }

  private void assertSameAfterKills(int kills, String runner) throws Exception {
    Path whole = temporary.resolve("whole");
    finish(start(whole, "--runner=DirectRunner"));
    Map<String, String> expected = files(whole);
    assertEquals(2 * SHARDS + 1, expected.size());

    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path output = temporary.resolve("out");
    int killed = 0;
    int midway = 0;
    while (killed < kills || midway == 0) {
      assertTrue(killed < 4 * kills + 8, "no kill hit between first and last shard, seed " + seed);
      if (Files.exists(output.resolve("train-manifest.json"))) {
        finishedEarly(output, expected, seed);
      }
      int before = shards(output);
      Process run = start(output, runner);
      // Until one has hit there, kills aim between the first shard and the last.
      int shards = midway == 0 ? Math.max(before, 1) : before + random.nextInt(3);
      boolean dead = killAfter(run, output, shards, midway == 0 ? 0 : random.nextInt(60));
      if (dead) {
        killed++;
        int left = shards(output);
        midway += left > 0 && left < SHARDS ? 1 : 0;
      }
    }
    if (!Files.exists(output.resolve("train-manifest.json"))) {
      finish(start(output, runner));
    }
    assertEquals(expected, withoutLeftovers(files(output)), "seed " + seed);
  }

  /** A run that was quicker than its killer is held to the same bytes, then forgotten. */
  private static void finishedEarly(Path output, Map<String, String> expected, long seed)
      throws IOException {
    assertEquals(expected, withoutLeftovers(files(output)), "seed " + seed);
    try (Stream<Path> paths = Files.list(output)) {
      for (Path path : paths.toList()) {
        Files.delete(path);
      }
    }
  }

  /** A kill between the manifest and the end leaves a whole dataset and what resuming needs. */
  private static Map<String, String> withoutLeftovers(Map<String, String> files) {
    files.keySet().removeIf(name -> name.matches(".*[.](receipt|lock|run)"));
    return files;
  }

  /** True if the process was killed before it ended. */
  private static boolean killAfter(Process run, Path output, int shards, int thenMillis)
      throws Exception {
    awaitShards(run, output, shards);
    boolean ended = run.waitFor(thenMillis, TimeUnit.MILLISECONDS);
    run.destroyForcibly(); // kill -9
    assertTrue(run.waitFor(PATIENCE_S, TimeUnit.SECONDS));
    if (ended) {
      assertEquals(0, run.exitValue());
    } else {
      assertTrue(run.exitValue() == 137 || run.exitValue() == 0, "exit " + run.exitValue());
    }
    return run.exitValue() == 137;
  }

  private static void awaitShards(Process run, Path output, int shards) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (run.isAlive() && (!began(output) || shards(output) < shards)) {
      assertTrue(System.nanoTime() < deadline, "no progress");
      Thread.sleep(1);
    }
  }

  /** Whether a run holds the output. */
  private static boolean began(Path output) {
    return Files.exists(output.resolve("train.lock"));
  }

  private static int shards(Path output) throws IOException {
    if (!Files.isDirectory(output)) {
      return 0;
    }
    try (Stream<Path> paths = Files.list(output)) {
      return (int) paths.filter(path -> path.toString().endsWith(".receipt")).count();
    }
  }

  private Process start(Path output, String runner) throws IOException {
    List<String> command = FreshJvm.command("-Xmx1g", "-XX:TieredStopAtLevel=1");
    command.add("ghostbeam.pipelines.Main");
    command.addAll(List.of("preprocess", "--input=" + zip, "--output=" + output));
    command.addAll(List.of("--shards=" + SHARDS, "--encoding=resized", "--shorterSide=160"));
    command.add(runner);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(temporary.resolve("child.log").toFile())
        .start();
  }

  private void finish(Process run) throws Exception {
    assertTrue(run.waitFor(PATIENCE_S, TimeUnit.SECONDS), "it does not end");
    assertEquals(0, run.exitValue(), () -> log());
  }

  private String log() {
    try {
      return Files.readString(temporary.resolve("child.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.toList()) {
        CRC32C crc = new CRC32C();
        crc.update(Files.readAllBytes(path));
        files.put(path.getFileName().toString(), HexFormat.of().toHexDigits(crc.getValue()));
      }
    } catch (NoSuchFileException e) {
      return files;
    }
    return files;
  }

  private static byte[] picture(long seed) {
    byte[] rgb = new byte[240 * 200 * 3];
    new Random(seed).nextBytes(rgb);
    return Codec.best().encodeJpeg(new Pixels(240, 200, rgb), 90);
  }
}
