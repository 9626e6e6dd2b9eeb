package ghostbeam.pipelines.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.FreshJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process that is ended during a training. By TERM, since a process started in the
 * background may ignore INT.
 */
@Timeout(240)
class InterruptedTrainingTest {
  private static final Pattern STOPPED =
      Pattern.compile("(?m)^Stopped at epoch (\\d+), step (\\d+) of \\d+; its state is saved: .*");

  @TempDir Path root;

  @Test
  void savesItsStateAtTheStepsEndAndReleasesItsLock() throws Exception {
    TrainCase.makeDataset(root);
    Path output = root.resolve("output");
    Process training = start(output);
    try (BufferedReader said = training.inputReader(StandardCharsets.UTF_8)) {
      StringBuilder text = new StringBuilder();
      while (training.isAlive() && !Files.exists(output.resolve("training.jsonl"))) {
        Thread.sleep(50);
      }
      assertTrue(Files.exists(output.resolve("training.lock")), text::toString);
      interrupt(training);
      said.lines().forEach(line -> text.append(line).append('\n'));
      assertTrue(training.waitFor(20, TimeUnit.SECONDS), "it does not end");
      assertEquals(143, training.exitValue(), text::toString);
      Matcher stopped = STOPPED.matcher(text);
      assertTrue(stopped.find() && stopped.group().contains("--resume"), text::toString);
      assertFalse(stopped.find(), "once");
      assertFalse(Files.exists(output.resolve("training.lock")), text::toString);
      stopped.reset().find();
      assertTrue(state(output).contains("\\\"epoch\\\":" + stopped.group(1) + ","), text::toString);
      assertFalse(text.toString().contains("Exception"), text::toString);
    } finally {
      training.destroyForcibly();
    }
  }

  private static String state(Path output) throws IOException {
    return Files.readString(output.resolve("state/state.safetensors"), StandardCharsets.ISO_8859_1);
  }

  private static void interrupt(Process process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start();
    assertEquals(0, kill.waitFor());
  }

  private Process start(Path output) throws IOException {
    List<String> command =
        FreshJvm.command(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=logback.xml"); // as users have it
    command.addAll(
        List.of(
            "ghostbeam.pipelines.Main",
            "train",
            "--data=" + root.resolve("data"),
            "--output=" + output,
            "--layers=1,1,1,1,1,1",
            "--channels=8,8,8,8,8,8",
            "--inputSize=32",
            "--batchSize=4",
            "--epochs=100000",
            "--lrMax=0.01",
            "--ckptSaveEpoch=100000",
            "--perPrintTimes=1"));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
