package ghostbeam.pipelines.watch;

import ghostbeam.model.training.TrainingLogTail;
import java.io.IOException;
import java.util.Timer;
import java.util.TimerTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the client of a training on a cluster what rank 0 logs, as it comes. */
public final class TrainingLogTicker {
  private static final Logger LOG = LoggerFactory.getLogger("ghostbeam.Training");
  private static final Logger STEPS = LoggerFactory.getLogger("ghostbeam.Progress");

  /** Rank 0 writes at each epoch's end, and twice a minute. */
  private static final long PERIOD_MS = 5_000;

  private final TrainingLogTail tail;
  private final Timer timer = new Timer("ghostbeam-training-log", true);

  private TrainingLogTicker(TrainingLogTail tail) {
    this.tail = tail;
  }

  /** Follows the log until it is closed. */
  public static TrainingLogTicker start(TrainingLogTail tail) {
    TrainingLogTicker ticker = new TrainingLogTicker(tail);
    ticker.timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            ticker.tell();
          }
        },
        PERIOD_MS,
        PERIOD_MS);
    return ticker;
  }

  /** A file that does not exist yet, or cannot be read now, is tried again later. */
  private synchronized void tell() {
    try {
      tail.poll(TrainingLogTicker::step, LOG::info);
    } catch (IOException e) {
      LOG.debug("nothing new in the log", e);
    }
  }

  private static void step(String line) {
    TerminalLine.show(line);
    STEPS.info(line);
  }

  /** Shows what is new and stops. */
  public void close() {
    timer.cancel();
    tell();
    TerminalLine.clear();
  }
}
