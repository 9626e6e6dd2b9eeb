package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees of the chain on embedded Flink, on a terminal and in a log. */
final class ConsoleTest {
  private static final long PATIENCE_S = 240;

  /** Terminal control sequences: to the line's start, clear its rest, and some to be ignored. */
  private static final Pattern CONTROL =
      Pattern.compile("(?<start>\r)|(?<empty>\u001b\\[K)|\u001b\\[\\?7[lh]|(?<text>[^\r\u001b]+)");

  private static final Pattern LINE_END = Pattern.compile("\n");
  private static final Pattern STEP = Pattern.compile("epoch [12] step [1-6] of 6: loss ");
  private static final Pattern EPOCH = Pattern.compile("epoch [12] of 2: mean loss ");
  private static final Pattern SHARD = Pattern.compile("shard [1-4] of 4: ");

  @TempDir Path folder;
  private String log;

  /** A logger that was moved or renamed would appear on the console again. */
  @Test
  void quietLoggersAreClassesOrPackages() throws Exception {
    String config = Files.readString(Path.of("src/main/resources/logback.xml"));
    List<String> names =
        Pattern.compile("<logger name=\"([\\w.$]+)\" additivity")
            .matcher(config)
            .results()
            .map(name -> name.group(1))
            .filter(name -> name.indexOf('.') > 0 && !name.equals("ghostbeam.Progress"))
            .toList();
    assertTrue(names.size() > 8, names.toString());
    for (String name : names) {
      String file = name.replace('.', '/');
      ClassLoader loader = getClass().getClassLoader();
      assertTrue(
          loader.getResource(file + ".class") != null || loader.getResource(file) != null, name);
    }
  }

  /** Runs preprocess twice, train and evaluate, and gives what the console was sent. */
  private String run(boolean terminal) throws Exception {
    Chain chain = new Chain(folder).zip();
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    List<String> command =
        FreshJvm.command(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + temporary,
            "-Dlogback.configurationFile=logback.xml", // as users have it
            "-Dghostbeam.terminal=" + terminal);
    command.add(Session.class.getName());
    List<String> train = new ArrayList<>(chain.train());
    train.add("--perPrintTimes=1");
    for (List<String> words :
        List.of(chain.preprocess("train"), chain.preprocess("val"), train, chain.evaluate())) {
      words.stream().filter(word -> !Chain.DIRECT.contains(word)).forEach(command::add);
      command.add(Session.THEN);
    }
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      assertTrue(process.waitFor(PATIENCE_S, TimeUnit.SECONDS));
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), Files.readString(said));
    log = log(temporary);
    return Files.readString(said);
  }

  private static String log(Path temporary) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(temporary)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".log")).toList()) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }

  /** A line as a terminal ends up with it. */
  private static String shown(String sent) {
    StringBuilder line = new StringBuilder();
    int column = 0;
    Matcher control = CONTROL.matcher(sent);
    while (control.find()) {
      if (control.group("start") != null) {
        column = 0;
      } else if (control.group("empty") != null) {
        line.setLength(column);
      } else if (control.group("text") != null) {
        String text = control.group("text");
        line.replace(column, Math.min(line.length(), column + text.length()), text);
        column += text.length();
      }
    }
    return line.toString();
  }

  private static long count(Pattern pattern, String text) {
    return pattern.matcher(text).results().count();
  }

  private void assertFlinkAndShardsAreInTheFileAlone(String console) {
    assertFalse(console.contains("Mini Cluster"), console);
    assertEquals(0, count(SHARD, console), console);
    assertEquals(8, count(SHARD, log), log);
    assertTrue(log.contains("Flink Mini Cluster started"), log);
    assertEquals(6, count(STEP, log), log);
    assertEquals(2, count(EPOCH, log), log);
  }

  @Test
  void aTerminalShowsWhatAPersonWantsToKnow() throws Exception {
    String sent = run(true);
    assertTrue(sent.contains("\r"), sent);
    String seen =
        LINE_END.splitAsStream(sent).map(ConsoleTest::shown).collect(Collectors.joining("\n"));
    assertFlinkAndShardsAreInTheFileAlone(seen);
    assertEquals(0, count(STEP, seen), seen);
    assertEquals(2, count(Pattern.compile("(?m)^[\\d:]{8} " + EPOCH), seen), seen);
    assertEquals(1, count(Pattern.compile("(?m)^Trained 2 epochs in "), seen), seen);
    assertFalse(seen.contains("[K"), seen);

    // The demo shows each command, has ten epochs and thirteen checkpoints, and says once what it
    // runs with.
    int checkpoints = 7;
    long lines = seen.lines().count() - 3 + 4 * 2 + (10 - 2) + (13 - checkpoints);
    assertTrue(lines <= 60, lines + " lines: " + seen);
  }

  @Test
  void aLogHasPlainLinesOfProgress() throws Exception {
    String seen = run(false);
    assertFlinkAndShardsAreInTheFileAlone(seen);
    assertEquals(6, count(Pattern.compile("(?m)^[\\d:]{8} Progress: " + STEP), seen), seen);
    assertEquals(2, count(Pattern.compile("(?m)^[\\d:]{8} TrainingLog: " + EPOCH), seen), seen);
    assertFalse(seen.contains("\r") || seen.contains("\u001b"), seen);
  }
}
