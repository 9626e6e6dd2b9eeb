package ghostbeam.pipelines.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Rows of one file, seen the same way.
 *
 * @param names in order, at least two
 * @param alike whether their scores are the same, as they are on one machine
 */
public record Copies(List<String> names, boolean alike) {

  /** In order of their first names: those of the same scores, then those of other ones. */
  public static List<Copies> of(List<Entrant> entrants) {
    List<Copies> all = new ArrayList<>();
    entrants.stream().collect(Collectors.groupingBy(Entrant::identity)).values().stream()
        .filter(group -> group.size() > 1)
        .forEach(
            group -> {
              Map<Entrant.Content, List<Entrant>> byScores =
                  group.stream().collect(Collectors.groupingBy(Entrant::content));
              byScores.values().stream()
                  .filter(same -> same.size() > 1)
                  .forEach(same -> all.add(new Copies(names(same), true)));
              if (byScores.size() > 1) {
                all.add(new Copies(names(group), false));
              }
            });
    all.sort(
        Comparator.comparing((Copies copies) -> copies.names.get(0))
            .thenComparing(copies -> !copies.alike));
    return all;
  }

  private static List<String> names(List<Entrant> entrants) {
    return entrants.stream().map(Entrant::name).sorted().toList();
  }

  /** What a reader is told. */
  public String sentence() {
    return (alike
            ? "The same file, scored once: "
            : "The same file, but other scores, as bf16 and codecs differ between machines: ")
        + String.join(", ", names)
        + ".";
  }
}
