package ghostbeam.pipelines.watch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The line of progress on a terminal, which each text takes anew; a log has none. */
public final class TerminalLine {
  private static final Logger TERMINAL = LoggerFactory.getLogger("progress");

  private TerminalLine() {}

  static void show(String text) {
    TERMINAL.info(text);
  }

  /** Empties the line for what is said next, which would else be written over its beginning. */
  public static void clear() {
    TERMINAL.info("");
  }
}
