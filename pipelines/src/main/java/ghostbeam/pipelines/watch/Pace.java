package ghostbeam.pipelines.watch;

import ghostbeam.model.training.TimeLeft;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;

/** How fast a count grows, measured over its latest increases. */
final class Pace {
  private static final int REMEMBERED = 30;
  private static final double NANOS_PER_SECOND = 1e9;

  private record Seen(long nanos, long done) {}

  private final String part;
  private final String noun;
  private final Deque<Seen> seen = new ArrayDeque<>();

  /**
   * Creates a pace without observations.
   *
   * @param part the part of the job that is counted, such as {@code pass 2 of 8}; empty for all
   * @param noun what is counted, in the plural
   */
  Pace(String part, String noun) {
    this.part = part.isEmpty() ? "" : part + ": ";
    this.noun = noun;
  }

  /**
   * Such as {@code 12,800 of 50,000 images, 291 images/s, 2 min 08 s left}; empty while nothing is
   * done. A count that falls, as after a job's restart, starts over.
   *
   * @param nanos of {@link System#nanoTime}
   */
  Optional<String> see(long nanos, long done, long total) {
    if (done == 0 || total == 0) {
      return Optional.empty(); // a job's start-up does not count
    }
    if (!seen.isEmpty() && done < seen.getLast().done) {
      seen.clear();
    }
    if (seen.isEmpty() || done > seen.getLast().done) {
      seen.addLast(new Seen(nanos, done));
    }
    if (seen.size() > REMEMBERED) {
      seen.removeFirst();
    }
    String line = String.format(Locale.ROOT, "%s%,d of %,d %s", part, done, total, noun);
    double perSecond =
        (done - seen.getFirst().done) / ((nanos - seen.getFirst().nanos) / NANOS_PER_SECOND);
    return Optional.of(perSecond > 0 ? line + speed(perSecond, total - done) : line);
  }

  private String speed(double perSecond, long left) {
    boolean slow = perSecond < 1;
    double shown = slow ? perSecond * 60 : perSecond;
    return String.format(
        Locale.ROOT,
        shown < 10 ? ", %.1f %s/%s, %s left" : ", %.0f %s/%s, %s left",
        shown,
        noun,
        slow ? "min" : "s",
        TimeLeft.text(left / perSecond));
  }
}
