package ghostbeam.model.distributed;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wish that this process's work ends at the next point from which it can go on, as Ctrl-C means
 * it. It is the process's, not a run's, since the process is what is told to end.
 */
public final class Interruption {
  private static final CountDownLatch ENDED = new CountDownLatch(1);
  private static volatile boolean wanted;
  private static volatile String where;

  private Interruption() {}

  /** Whether work is to end at its next such point. */
  public static boolean isWanted() {
    return wanted;
  }

  /** Says that the work has ended and all that going on needs is written. */
  public static void ended(String point) {
    where = point;
    ENDED.countDown();
  }

  /**
   * Wants the end and waits for it.
   *
   * @return at which point the work ended; nothing where it has not in time
   */
  public static Optional<String> await(Duration patience) {
    wanted = true;
    try {
      return ENDED.await(patience.toMillis(), TimeUnit.MILLISECONDS)
          ? Optional.of(where)
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
