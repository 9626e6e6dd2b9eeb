package ghostbeam.pipelines.stores;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** What a server does wrong: at a given rate of its answers, and to given requests. */
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

  private Predicate<String> refused = request -> false;
  private final Map<String, Integer> refusals = new HashMap<>();
  private int times;

  /** Ends all others. */
  synchronized void set(double newRate, long seed) {
    rate = newRate;
    random = new Random(seed);
    refuse(0, request -> false);
  }

  /** Refuses each of these requests, method and address, so many times as if overloaded. */
  synchronized void refuse(int newTimes, Predicate<String> requests) {
    times = newTimes;
    refused = requests;
    refusals.clear();
  }

  synchronized Fault next(String request) {
    if (refused.test(request) && refusals.merge(request, 1, Integer::sum) <= times) {
      made.incrementAndGet();
      return Fault.OVERLOADED;
    }
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
