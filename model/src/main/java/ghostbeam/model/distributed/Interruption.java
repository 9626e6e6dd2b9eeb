package ghostbeam.model.distributed;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A request, such as Ctrl-C, to stop at the next point from which the work can be resumed. It is
 * global to the process, since it is the process that is asked to stop.
 */
public final class Interruption {
  private static final CountDownLatch STOPPED = new CountDownLatch(1);
  private static volatile boolean requested;
  private static volatile String where;

  private Interruption() {}

  /** Whether work should stop at its next such point. */
  public static boolean isRequested() {
    return requested;
  }

  /** Reports that the work has stopped and that all it needs to resume is written. */
  public static void stopped(String point) {
    where = point;
    STOPPED.countDown();
  }

  /**
   * Requests the stop and waits for it.
   *
   * @return at which point the work stopped; empty where it did not in time
   */
  public static Optional<String> await(Duration timeout) {
    requested = true;
    try {
      return STOPPED.await(timeout.toMillis(), TimeUnit.MILLISECONDS)
          ? Optional.of(where)
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
