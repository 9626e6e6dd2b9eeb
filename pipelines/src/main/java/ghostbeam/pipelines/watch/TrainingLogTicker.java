package ghostbeam.pipelines.watch;

import ghostbeam.model.training.TrainingLogTail;
import java.io.IOException;
import java.util.Timer;
import java.util.TimerTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the client of a training on a cluster what its first rank writes, as it comes. */
public final class TrainingLogTicker {
  private static final Logger LOG = LoggerFactory.getLogger("ghostbeam.Training");
  private static final Logger STEPS = LoggerFactory.getLogger("ghostbeam.Progress");

  /** The first rank writes at an epoch's end, and else twice a minute. */
  private static final long PERIOD_MS = 5_000;

  private final TrainingLogTail tail;
  private final Timer timer = new Timer("ghostbeam-training-log", true);

  private TrainingLogTicker(TrainingLogTail tail) {
    this.tail = tail;
  }

  /** Tells until it is closed. */
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

  /** A file that is not there yet, or not to be read just now, is asked for again. */
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

  /** Ends with what is new by now. */
  public void close() {
    timer.cancel();
    tell();
    TerminalLine.clear();
  }
}
