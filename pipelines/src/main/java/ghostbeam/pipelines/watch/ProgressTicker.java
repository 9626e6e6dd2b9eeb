package ghostbeam.pipelines.watch;

import java.io.IOException;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says how far a job has come: twice a minute in a plain line, on a terminal in one line anew. */
public final class ProgressTicker {
  private static final Logger LOG = LoggerFactory.getLogger("ghostbeam.Progress");

  /** Shown on terminals only; each message takes the place of the one before. */
  private static final Logger TERMINAL = LoggerFactory.getLogger("progress");

  private static final long PERIOD_MS = 5_000;
  private static final long BETWEEN_LINES_NANOS = 30_000_000_000L;

  /**
   * Where a job is.
   *
   * @param total 0 while it is not known
   */
  public record Count(long done, long total) {}

  /** Looks where a job is. */
  public interface Look {
    Count take() throws IOException;
  }

  private final Pace pace;
  private final Look look;
  private final Consumer<String> lines;
  private final Consumer<String> terminal;
  private final long betweenLinesNanos;
  private final Timer timer = new Timer("ghostbeam-progress", true);
  private long told = System.nanoTime();

  ProgressTicker(
      String noun,
      Look look,
      Consumer<String> lines,
      Consumer<String> terminal,
      long betweenLinesNanos) {
    this.pace = new Pace(noun);
    this.look = look;
    this.lines = lines;
    this.terminal = terminal;
    this.betweenLinesNanos = betweenLinesNanos;
  }

  /**
   * Looks until it is closed.
   *
   * @param noun what is counted, in the plural
   */
  public static ProgressTicker start(String noun, Look look) {
    ProgressTicker ticker =
        new ProgressTicker(noun, look, LOG::info, TERMINAL::info, BETWEEN_LINES_NANOS);
    ticker.timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            ticker.tell(System.nanoTime());
          }
        },
        0,
        PERIOD_MS);
    return ticker;
  }

  /** What cannot be seen just now is looked for again. */
  synchronized void tell(long nanos) {
    try {
      Count count = look.take();
      Optional<String> line = pace.see(nanos, count.done, count.total);
      if (line.isEmpty() || count.done >= count.total) {
        return;
      }
      terminal.accept(line.get());
      if (nanos - told >= betweenLinesNanos) {
        told = nanos;
        lines.accept(line.get());
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("no progress to be seen", e);
    }
  }

  /** Ends in silence: what came out is told elsewhere. */
  public void close() {
    timer.cancel();
  }
}
