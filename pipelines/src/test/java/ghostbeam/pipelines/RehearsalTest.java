package ghostbeam.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script starts it out of sight: a job that no longer takes these flags would only be slow. */
final class RehearsalTest {
  @TempDir Path folder;

  @Test
  void everyJobIsDone() throws IOException {
    assertEquals(Main.DONE, Rehearsal.play(folder));
    assertTrue(Files.exists(folder.resolve("report/report.html")));
  }
}
