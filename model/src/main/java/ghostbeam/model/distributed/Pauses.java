package ghostbeam.model.distributed;

import java.util.concurrent.TimeUnit;

/**
 * Pauses between looks for other ranks' status files: short ones first, since most are there in a
 * moment, and then longer ones, for a look may be a store's request for each rank.
 */
final class Pauses {
  private static final long LONGEST_MILLIS = 100;

  private long millis = 1;

  void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
    millis = Math.min(2 * millis, LONGEST_MILLIS);
  }
}
