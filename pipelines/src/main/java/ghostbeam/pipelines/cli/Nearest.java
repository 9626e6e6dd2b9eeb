package ghostbeam.pipelines.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Suggests the name that a misspelt one was meant to be. */
final class Nearest {
  /** Names in other programs, which are too different to be found as misspellings. */
  private static final Map<String, String> SYNONYMS =
      Map.ofEntries(
          Map.entry("learningrate", "lr"),
          Map.entry("baselr", "lr"),
          Map.entry("maxlr", "lrMax"),
          Map.entry("minlr", "lrEnd"),
          Map.entry("bs", "batchSize"),
          Map.entry("wd", "weightDecay"),
          Map.entry("optimizer", "opt"),
          Map.entry("optimiser", "opt"),
          Map.entry("dropout", "drop"),
          Map.entry("arch", "preset"),
          Map.entry("model", "preset"),
          Map.entry("ghostnet050", "ghostnet-0.5x"),
          Map.entry("ghostnet100", "ghostnet-1x"),
          Map.entry("ghostnet130", "ghostnet-1.3x"),
          Map.entry("ghostnetv2100", "ghostnetv2-1x"),
          Map.entry("ghostnetv2130", "ghostnetv2-1.3x"),
          Map.entry("ghostnetv2160", "ghostnetv2-1.6x"));

  private Nearest() {}

  /**
   * {@code "; did you mean <prefix><name>?"} with the name that takes the fewest edits; empty if
   * none is close.
   */
  static String hint(String prefix, String typed, Collection<String> names) {
    String wanted = typed.toLowerCase(Locale.ROOT);
    String synonym = SYNONYMS.get(wanted.replaceAll("[-_]", ""));
    if (synonym != null && names.contains(synonym)) {
      return question(prefix, synonym);
    }
    return names.stream()
        .filter(name -> wanted.length() <= 2 * name.length() || isStartOf(wanted, name))
        .filter(
            name ->
                edits(wanted, name) <= Math.max(1, name.length() / 3) || isStartOf(wanted, name))
        .min(
            Comparator.comparingInt((String name) -> edits(wanted, name))
                .thenComparing(name -> name))
        .map(name -> question(prefix, name))
        .orElse("");
  }

  private static String question(String prefix, String name) {
    return "; did you mean " + prefix + name + "?";
  }

  /** The first few letters of a long name count as close, too. */
  private static boolean isStartOf(String wanted, String name) {
    return wanted.length() >= 3 && name.toLowerCase(Locale.ROOT).startsWith(wanted);
  }

  /** Counts swapped neighbours, the most common typo, as one edit. */
  private static int edits(String wanted, String name) {
    String plain = name.toLowerCase(Locale.ROOT);
    for (int i = 0; i + 1 < wanted.length(); i++) {
      StringBuilder swapped = new StringBuilder(wanted);
      swapped.setCharAt(i, wanted.charAt(i + 1));
      swapped.setCharAt(i + 1, wanted.charAt(i));
      if (swapped.toString().equals(plain)) {
        return 1;
      }
    }
    return LevenshteinDistance.getDefaultInstance().apply(wanted, plain);
  }
}
