package ghostbeam.pipelines.preprocess;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.codec.Codec;
import ghostbeam.model.codec.Pixels;
import ghostbeam.pipelines.FreshJvm;
import ghostbeam.pipelines.HeldFiles;
import ghostbeam.pipelines.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** A real process, killed without warning during its work, and started again. */
class KilledRunTest {
  private static final int SHARDS = 16;
  private static final int IMAGES = 320;

  /** Number of reads of the archive, about one per image, after which it has surely been listed. */
  private static final int LISTED = 20;

  /** Further reads that a run makes: fewer than for a dataset, more than for a shard. */
  private static final int MIDWAY = 100;

  private static final long PATIENCE_S = 240;

  /** With two shards at the same time, whatever the number of cores. */
  private static final String DIRECT = "--runner=DirectRunner --targetParallelism=2";

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

  /** While writing shards, while writing the rest, and while listing. */
  @Test
  void endsInTheSameBytesAfterThreeKills() throws Exception {
    Map<String, String> expected = undisturbed();
    Path output = temporary.resolve("out");
    for (int reads : List.of(LISTED + MIDWAY, LISTED + MIDWAY / 2, 0)) {
      killAfter(reads, output, DIRECT);
      assertTrue(shards(output) > 0 && shards(output) < SHARDS, shards(output) + " shards");
    }
    run(output, DIRECT);
    assertEquals(expected, files(output));
  }

  @Test
  @Tag("soak")
  void endsInTheSameBytesAfterTwentyKillsOnDirectRunner() throws Exception {
    assertSameAfterKills(20, DIRECT);
  }

  @Test
  @Tag("soak")
  void endsInTheSameBytesAfterTwentyKillsOnFlink() throws Exception {
    assertSameAfterKills(20, "--parallelism=2");
  }

  /** As by Ctrl-Z and fg; Flink by default gives up a worker that is silent for 50 s. */
  @Test
  @Tag("soak")
  void continuesAfterBeingStoppedForAMinute() throws Exception {
    Map<String, String> expected = undisturbed();
    Path output = temporary.resolve("out");
    Process run;
    try (HeldFiles.Hold hold = HeldFiles.after(zip, ".*", LISTED + MIDWAY)) {
      run = start(output, "--parallelism=1");
      hold.await(run, temporary.resolve("child.log"), 1);
      signal("STOP", run);
    }
    assertTrue(shards(output) < SHARDS, "it was stopped too late");
    Thread.sleep(TimeUnit.SECONDS.toMillis(60));
    signal("CONT", run);
    finish(run);
    assertEquals(expected, files(output));
  }

  private Map<String, String> undisturbed() throws Exception {
    Path whole = temporary.resolve("whole");
    run(whole, DIRECT);
    Map<String, String> files = files(whole);
    assertEquals(2 * SHARDS + 1, files.size());
    return files;
  }

  /** Kills a run after a number of reads, at which it is held. */
  private void killAfter(int reads, Path output, String runner) throws Exception {
    try (HeldFiles.Hold hold = HeldFiles.after(zip, ".*", reads)) {
      Process run = start(output, runner);
      hold.await(run, temporary.resolve("child.log"), 1);
      run.destroyForcibly(); // kill -9
      assertTrue(run.waitFor(PATIENCE_S, TimeUnit.SECONDS));
      assertEquals(137, run.exitValue(), this::log);
    }
  }

  private static void signal(String name, Process to) throws Exception {
    String pid = Long.toString(to.pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
  }

  /** At random moments, each within some time after a point in its reading. */
  private void assertSameAfterKills(int kills, String runner) throws Exception {
    Map<String, String> expected = undisturbed();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path output = temporary.resolve("out");
    for (int killed = 0; killed < kills; ) {
      int left = (SHARDS - shards(output)) * (IMAGES / SHARDS);
      if (left == 0 || Files.exists(output.resolve("train-manifest.json"))) {
        startAnew(output);
        continue;
      }
      Process run;
      try (HeldFiles.Hold hold = HeldFiles.after(zip, ".*", random.nextInt(left))) {
        run = start(output, runner);
        hold.await(run, temporary.resolve("child.log"), 1);
      }
      killed += killWithin(random.nextInt(60), run, output, expected, seed) ? 1 : 0;
    }
    if (!Files.exists(output.resolve("train-manifest.json"))) {
      run(output, runner);
    }
    assertEquals(expected, withoutLeftovers(files(output)), "seed " + seed);
  }

  /** True if the process was killed; one that finished first must have written the right bytes. */
  private boolean killWithin(
      int millis, Process run, Path output, Map<String, String> expected, long seed)
      throws Exception {
    boolean ended = run.waitFor(millis, TimeUnit.MILLISECONDS);
    run.destroyForcibly(); // kill -9
    assertTrue(run.waitFor(PATIENCE_S, TimeUnit.SECONDS));
    assertTrue(
        run.exitValue() == 0 || (!ended && run.exitValue() == 137), "exit " + run.exitValue());
    if (Files.exists(output.resolve("train-manifest.json"))) {
      assertEquals(expected, withoutLeftovers(files(output)), "seed " + seed);
    }
    return run.exitValue() == 137;
  }

  private static void startAnew(Path output) throws IOException {
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

  private static int shards(Path output) throws IOException {
    if (!Files.isDirectory(output)) {
      return 0;
    }
    try (Stream<Path> paths = Files.list(output)) {
      return (int) paths.filter(path -> path.toString().endsWith(".receipt")).count();
    }
  }

  /** Runs it to its end, in this process. */
  private void run(Path output, String runner) {
    Session.run(List.of(command(output, runner)));
  }

  private List<String> command(Path output, String runner) {
    List<String> command = new ArrayList<>(List.of("preprocess", "--output=" + output));
    command.addAll(List.of("--input=" + HeldFiles.name(zip), "--shards=" + SHARDS));
    command.addAll(List.of("--encoding=resized", "--shorterSide=160"));
    command.addAll(List.of(runner.split(" ", -1)));
    return command;
  }

  private Process start(Path output, String runner) throws IOException {
    List<String> command = FreshJvm.command("-Xmx1g", "-XX:TieredStopAtLevel=1");
    command.add("ghostbeam.pipelines.Main");
    command.addAll(command(output, runner));
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
