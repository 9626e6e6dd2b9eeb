package ghostbeam.pipelines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same files result whatever a machine's locale, charset, time zone and clock. */
class ElsewhereTest {
  private static final long PATIENCE_S = 300;

  @TempDir static Path root;
  private static Map<String, String> here;

  @BeforeAll
  static void runHere() throws Exception {
    Path folder = Files.createDirectories(root.resolve("chain"));
    new Chain(folder).zip().runAll();
    Path kept = Files.move(folder, root.resolve("here"));
    here = Chain.files(kept);
  }

  /** Numbers in other digits, another charset, a zone off the hour, a locale of bare ASCII. */
  @Test
  void givesTheSameFilesInEgyptOnABareMachine() throws Exception {
    runThere(
        "egypt",
        "C",
        "chain",
        "-Duser.language=ar",
        "-Duser.country=EG",
        "-Dfile.encoding=ISO-8859-1");
  }

  /** Where i and I are other letters, in a folder of other letters. */
  @Test
  @Tag("soak")
  void givesTheSameFilesInTurkey() throws Exception {
    runThere("turkey", "C.UTF-8", "ılık-çanta-日本", "-Duser.language=tr", "-Duser.country=TR");
  }

  /** By an hour forward and back, as on a machine that slept or lost its battery. */
  @Test
  @Tag("soak")
  void givesTheSameFilesWhileTheClockJumps() throws Exception {
    FalseClock clock = FalseClock.in(root);
    AtomicInteger turns = new AtomicInteger();
    ScheduledExecutorService turner = Executors.newSingleThreadScheduledExecutor();
    try {
      Future<?> turning =
          turner.scheduleWithFixedDelay(
              () -> turn(clock, turns.incrementAndGet()), 0, 100, TimeUnit.MILLISECONDS);
      runThere("timeless", "C.UTF-8", "chain", clock.environment());
      assertFalse(turning.isDone(), "the clock stopped");
      assertTrue(turns.get() > 10, "it ended after " + turns);
    } finally {
      turner.shutdown();
    }
  }

  /** In the only mode that Flink 2 has. */
  @Test
  void givesTheSameFilesAsStreamsOfABoundedLength() throws Exception {
    Path folder = Files.createDirectories(root.resolve("chain"));
    new Chain(folder)
        .zip()
        .runAll("--runner=FlinkRunner", "--useDataStreamForBatch=true", "--parallelism=2");
    Map<String, String> streamed = Chain.files(Files.move(folder, root.resolve("streamed")));
    assertEquals(here.keySet(), streamed.keySet());
    here.forEach((name, content) -> assertEquals(content, streamed.get(name), name));
  }

  private static void turn(FalseClock clock, int turns) {
    try {
      clock.turn(turns % 3 == 0 ? "+0" : turns % 3 == 1 ? "+1h" : "-1h");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void runThere(String country, String locale, String folder, String... flags)
      throws Exception {
    runThere(country, locale, folder, Map.of(), flags);
  }

  private static void runThere(
      String country, String locale, String folder, Map<String, String> more, String... flags)
      throws Exception {
    List<String> command = FreshJvm.command(flags);
    command.addAll(
        1, List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-Duser.timezone=Asia/Kathmandu"));
    command.add(There.class.getName());
    command.add(root.toString());
    command.add(URLEncoder.encode(folder, UTF_8));
    command.add(country);
    Path said = root.resolve("said");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", locale);
    builder.environment().putAll(more);
    Process process = builder.redirectOutput(said.toFile()).start();
    assertTrue(process.waitFor(PATIENCE_S, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), Files.readString(said, ISO_8859_1));

    Map<String, String> there = Chain.files(root.resolve(country));
    assertEquals(here.keySet(), there.keySet());
    // Files are compared by bytes, a letter for each.
    String path = new String((root + "/" + folder).getBytes(UTF_8), ISO_8859_1);
    here.forEach(
        (name, content) -> {
          // The page quotes such a path for the shell.
          if (folder.equals("chain") || !name.endsWith("report.html")) {
            assertEquals(content, there.get(name).replace(path, root + "/chain"), name);
          }
        });
  }

  /** A machine elsewhere. */
  static final class There {
    private There() {}

    public static void main(String[] args) throws Exception {
      Path root = Path.of(args[0]);
      Path folder = root.resolve(URLDecoder.decode(args[1], UTF_8));
      new Chain(Files.createDirectories(folder)).zip().runAll();
      Files.move(folder, root.resolve(args[2]));
    }
  }
}
