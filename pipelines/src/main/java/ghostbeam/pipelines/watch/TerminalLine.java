package ghostbeam.pipelines.watch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The progress line on a terminal, which each text replaces; a log has none. */
public final class TerminalLine {
  private static final Logger TERMINAL = LoggerFactory.getLogger("progress");

  private TerminalLine() {}

  static void show(String text) {
    TERMINAL.info(text);
  }

  /** Clears the line, since what is printed next would overwrite only its beginning. */
  public static void clear() {
    TERMINAL.info("");
  }
}
