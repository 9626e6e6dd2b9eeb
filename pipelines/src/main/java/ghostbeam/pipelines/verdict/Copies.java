package ghostbeam.pipelines.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Rows of the same file with the same preprocessing.
 *
 * @param names in order, at least two
 * @param alike whether their scores are the same, as they are on one machine
 */
public record Copies(List<String> names, boolean alike) {

  /** In order of their first names; groups of equal scores before those of differing ones. */
  public static List<Copies> of(List<Row> rows) {
    List<Copies> all = new ArrayList<>();
    rows.stream().collect(Collectors.groupingBy(Row::identity)).values().stream()
        .filter(group -> group.size() > 1)
        .forEach(
            group -> {
              Map<Row.Content, List<Row>> byScores =
                  group.stream().collect(Collectors.groupingBy(Row::content));
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

  private static List<String> names(List<Row> rows) {
    return rows.stream().map(Row::name).sorted().toList();
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
