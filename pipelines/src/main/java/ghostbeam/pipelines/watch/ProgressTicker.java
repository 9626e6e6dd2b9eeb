package ghostbeam.pipelines.watch;

import java.io.IOException;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports a job's progress: twice a minute in a log, in one line that is rewritten on a terminal.
 */
public final class ProgressTicker {
  private static final Logger LOG = LoggerFactory.getLogger("ghostbeam.Progress");

  private static final long PERIOD_MS = 5_000;
  private static final long BETWEEN_LINES_NANOS = 30_000_000_000L;

  /** Probing takes at most a twentieth of the time: listing a store can be slow. */
  private static final long REST_PER_PROBE = 19;

  /**
   * How far a job is.
   *
   * @param total 0 while it is not known
   */
  public record Count(long done, long total) {}

  /** Finds out how far a job is. */
  public interface Probe {
    Count take() throws IOException;
  }

  private final Pace pace;
  private final Probe probe;
  private final Consumer<String> lines;
  private final Consumer<String> terminal;
  private final long betweenLinesNanos;
  private final Timer timer = new Timer("ghostbeam-progress", true);
  private long told = System.nanoTime();
  private boolean closed;

  ProgressTicker(
      Pace pace,
      Probe probe,
      Consumer<String> lines,
      Consumer<String> terminal,
      long betweenLinesNanos) {
    this.pace = pace;
    this.probe = probe;
    this.lines = lines;
    this.terminal = terminal;
    this.betweenLinesNanos = betweenLinesNanos;
  }

  /**
   * Reports until it is closed.
   *
   * @param part the part of the job that is counted, such as {@code pass 2 of 8}; empty for all
   * @param noun what is counted, in the plural
   */
  public static ProgressTicker start(String part, String noun, Probe probe) {
    ProgressTicker ticker =
        new ProgressTicker(
            new Pace(part, noun), probe, LOG::info, TerminalLine::show, BETWEEN_LINES_NANOS);
    ticker.probeIn(0);
    return ticker;
  }

  private void probeIn(long millis) {
    TimerTask task =
        new TimerTask() {
          @Override
          public void run() {
            long start = System.nanoTime();
            tell(start);
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            probeIn(Math.max(PERIOD_MS, REST_PER_PROBE * took));
          }
        };
    synchronized (this) {
      if (!closed) {
        timer.schedule(task, millis);
      }
    }
  }

  /** A probe that fails is repeated later. */
  void tell(long nanos) {
    try {
      Count count = probe.take();
      if (count.done < count.total) {
        pace.see(nanos, count.done, count.total).ifPresent(line -> tell(nanos, line));
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("progress unknown", e);
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

  /** Stops reporting, even of a probe that is under way. */
  public synchronized void close() {
    closed = true;
    timer.cancel();
    TerminalLine.clear();
  }
}
