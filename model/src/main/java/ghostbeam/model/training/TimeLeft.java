package ghostbeam.model.training;

import java.time.Duration;
import java.util.Locale;

/** Formats a remaining time for users. */
public final class TimeLeft {
  private TimeLeft() {}

  /** Such as {@code 3 h 05 min}, {@code 2 min 08 s} or {@code 59 s}. */
  public static String text(double seconds) {
    Duration left = Duration.ofSeconds(Math.round(seconds));
    if (left.toHours() > 0) {
      return String.format(Locale.ROOT, "%d h %02d min", left.toHours(), left.toMinutesPart());
    }
    return left.toMinutes() > 0
        ? String.format(Locale.ROOT, "%d min %02d s", left.toMinutes(), left.toSecondsPart())
        : left.toSeconds() + " s";
  }
}
