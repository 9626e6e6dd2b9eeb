package ghostbeam.pipelines.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The log file, which has what the console leaves out; see {@code logback.xml}. */
final class JobLog {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /**
   * Clears the terminal's current line. Begins with a backslash because Logback strips a leading
   * escape character from a pattern as white space.
   */
  private static final String CLEAR_LINE = "\\r\u001b[K";

  /** Turns line wrapping off, so that a long progress line is cut instead of wrapped. */
  private static final String CUT = "\u001b[?7l";

  private static final String WRAP = "\u001b[?7h";

  private JobLog() {}

  /**
   * Names this process's log file, in the system's temporary folder. Must run before the first
   * logger is created, which reads the name.
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
      System.setProperty("ghostbeam.lines", "OFF");
      System.setProperty("ghostbeam.clear", CLEAR_LINE);
      System.setProperty("ghostbeam.cut", CUT);
      System.setProperty("ghostbeam.wrap", WRAP);
      System.setProperty("ghostbeam.head", "%d{HH:mm:ss}"); // without the class name
    }
    // Google's and Amazon's clients log to java.util.logging.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    return log;
  }

  /** Removes the log of a run that never started. */
  static void discard(Path log) {
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
