package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.pipelines.demo.Rehearsal;
import ghostbeam.pipelines.launch.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script runs it silently: if a job no longer accepted these flags, start-up would only be
 * slow.
 */
final class RehearsalTest {
  @TempDir Path folder;

  @Test
  void everyJobIsDone() throws IOException {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true);
    assertEquals(
        ExitCode.DONE, Rehearsal.play(folder, words -> Main.run(words, nowhere, System.err)));
    assertTrue(Files.exists(folder.resolve("report/report.html")));
  }
}
