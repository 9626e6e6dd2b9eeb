package ghostbeam.model.distributed;

import java.util.concurrent.TimeUnit;

/**
 * Exponential backoff between checks for other ranks' status files: short at first, since most
 * appear at once; longer then, since a check may cost a store request for each rank.
 */
final class Backoff {
  private static final long MAX_MILLIS = 100;

  private long millis = 1;

  void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
    millis = Math.min(2 * millis, MAX_MILLIS);
  }
}
