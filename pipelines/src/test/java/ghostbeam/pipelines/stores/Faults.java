package ghostbeam.pipelines.stores;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** What a server does wrong, at a given rate of its answers. */
final class Faults {
  /** One answer's fault. */
  enum Fault {
    NONE,
    /** Status 503. */
    OVERLOADED,
    /** Status 429. */
    TOO_MANY_REQUESTS,
    /** The connection ends before the answer does. */
    CUT,
    /** A range that is shorter than was asked for, and says so. */
    SHORT
  }

  private final AtomicInteger made = new AtomicInteger();
  private double rate;
  private Random random = new Random(0);

  synchronized void set(double newRate, long seed) {
    rate = newRate;
    random = new Random(seed);
  }

  synchronized Fault next() {
    if (random.nextDouble() >= rate) {
      return Fault.NONE;
    }
    made.incrementAndGet();
    return Fault.values()[1 + random.nextInt(Fault.values().length - 1)];
  }

  int made() {
    return made.get();
  }
}
