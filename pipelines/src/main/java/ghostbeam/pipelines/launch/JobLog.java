package ghostbeam.pipelines.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The file that keeps what the console leaves out; see {@code logback.xml}. */
final class JobLog {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /** What a terminal takes for: empty this line. */
  private static final String CLEAR_LINE = "\u001b[K";

  private JobLog() {}

  /**
   * Starts this process's log file in the system's temporary folder. Must come before the first
   * logger, which reads the name; help needs neither.
   */
  static Path begin() {
    String name =
        "ghostbeam-"
            + TIME.format(LocalDateTime.now(ZoneId.systemDefault()))
            + "-"
            + ProcessHandle.current().pid();
    Path log = Path.of(System.getProperty("java.io.tmpdir"), name + ".log");
    System.setProperty("ghostbeam.log", log.toString());
    if (Boolean.getBoolean("ghostbeam.terminal")) {
      System.setProperty("ghostbeam.progress", "INFO");
      System.setProperty("ghostbeam.clear", CLEAR_LINE);
    }
    // Google's and Amazon's clients speak to java.util.logging.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    return log;
  }

  /** Removes the log of a run that never began. */
  static void discard(Path log) {
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
