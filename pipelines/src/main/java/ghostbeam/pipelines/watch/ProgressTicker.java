package ghostbeam.pipelines.watch;

import java.io.IOException;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says how far a job has come: in a log twice a minute, on a terminal in one line anew. */
public final class ProgressTicker {
  private static final Logger LOG = LoggerFactory.getLogger("ghostbeam.Progress");

  private static final long PERIOD_MS = 5_000;
  private static final long BETWEEN_LINES_NANOS = 30_000_000_000L;

  /** Looking may take a twentieth of the time at most: a store's listing can be long. */
  private static final long REST_PER_LOOK = 19;

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
  private boolean closed;

  ProgressTicker(
      Pace pace,
      Look look,
      Consumer<String> lines,
      Consumer<String> terminal,
      long betweenLinesNanos) {
    this.pace = pace;
    this.look = look;
    this.lines = lines;
    this.terminal = terminal;
    this.betweenLinesNanos = betweenLinesNanos;
  }

  /**
   * Looks until it is closed.
   *
   * @param part of the job that is counted, such as {@code pass 2 of 8}; empty where it is all
   * @param noun what is counted, in the plural
   */
  public static ProgressTicker start(String part, String noun, Look look) {
    ProgressTicker ticker =
        new ProgressTicker(
            new Pace(part, noun), look, LOG::info, TerminalLine::show, BETWEEN_LINES_NANOS);
    ticker.lookIn(0);
    return ticker;
  }

  private void lookIn(long millis) {
    TimerTask task =
        new TimerTask() {
          @Override
          public void run() {
            long start = System.nanoTime();
            tell(start);
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            lookIn(Math.max(PERIOD_MS, REST_PER_LOOK * took));
          }
        };
    synchronized (this) {
      if (!closed) {
        timer.schedule(task, millis);
      }
    }
  }

  /** What cannot be seen just now is looked for again. */
  void tell(long nanos) {
    try {
      Count count = look.take();
      if (count.done < count.total) {
        pace.see(nanos, count.done, count.total).ifPresent(line -> tell(nanos, line));
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("no progress to be seen", e);
    }
  }

  private synchronized void tell(long nanos, String line) {
    if (closed) {
      return;
    }
    terminal.accept(line);
    if (nanos - told >= betweenLinesNanos) {
      told = nanos;
      lines.accept(line);
    }
  }

  /** Says nothing any more, not even of a look that is being taken. */
  public synchronized void close() {
    closed = true;
    timer.cancel();
    TerminalLine.clear();
  }
}
