package ghostbeam.pipelines.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Guesses what a misspelt name was meant to be. */
final class Nearest {
  private Nearest() {}

  /**
   * {@code "; did you mean <prefix><name>?"} with the name that takes the fewest edits, or nothing
   * where no name is near.
   */
  static String hint(String prefix, String typed, Collection<String> names) {
    String wanted = typed.toLowerCase(Locale.ROOT);
    return names.stream()
        .filter(name -> wanted.length() <= 2 * name.length() || isStartOf(wanted, name))
        .filter(
            name ->
                edits(wanted, name) <= Math.max(1, name.length() / 3) || isStartOf(wanted, name))
        .min(
            Comparator.comparingInt((String name) -> edits(wanted, name))
                .thenComparing(name -> name))
        .map(name -> "; did you mean " + prefix + name + "?")
        .orElse("");
  }

  /** A few typed letters of a long name are near it, too. */
  private static boolean isStartOf(String wanted, String name) {
    return wanted.length() >= 3 && name.toLowerCase(Locale.ROOT).startsWith(wanted);
  }

  private static int edits(String wanted, String name) {
    return LevenshteinDistance.getDefaultInstance().apply(wanted, name.toLowerCase(Locale.ROOT));
  }
}
