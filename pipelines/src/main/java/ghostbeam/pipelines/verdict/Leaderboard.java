package ghostbeam.pipelines.verdict;

import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Tally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ranks checkpoints: more Top-1 hits first, then more Top-5 hits, then the smaller loss, then the
 * name. The first is the best, and the others are tested against it on the same images.
 *
 * <p>Those that left a race early come after all others and are not ranked among them: they are
 * neither best, tied nor chosen, and their figures are of the records they saw. Nor does Holm's
 * correction count them: beaten as clearly as they were, they would come before all others in it.
 *
 * <p>Copies of one checkpoint file, such as {@code best} of the epoch it was, each have their row
 * but are one comparison to Holm's correction.
 */
public final class Leaderboard {
  private static final Comparator<Row> BEST_FIRST =
      by(Metric.TOP1)
          .thenComparing(by(Metric.TOP5))
          .thenComparing(by(Metric.LOSS))
          .thenComparing(Row::name);

  /** Those that lasted longer first. */
  private static final Comparator<Row> LAST_LEFT_FIRST =
      by(Metric.RECORDS).thenComparing(BEST_FIRST);

  private Leaderboard() {}

  private static Comparator<Row> by(Metric metric) {
    return Comparator.comparing(row -> row.figures().get(metric), metric.bestFirst());
  }

  /**
   * The report of rows with their tallies, of which at least one is complete; without a gate.
   *
   * @param realLabels digest of the ReaL labels that they were counted by, or null
   * @throws ghostbeam.model.scoring.CoverageException where one did not see every record, or, of
   *     one that left a race, not every record up to then
   */
  public static Report of(
      Report.Dataset dataset, List<Row> rows, String realLabels, Report.Software software) {
    for (Row row : rows) {
      row.tally().requireCoverage(row.complete() ? dataset.records() : row.tally().records());
    }
    List<Row> ranked = compared(rows.stream().filter(Row::complete).sorted(BEST_FIRST).toList());
    List<Row> all = new ArrayList<>(ranked);
    rows.stream().filter(row -> !row.complete()).sorted(LAST_LEFT_FIRST).forEach(all::add);
    return new Report(
        dataset,
        all,
        all.get(0).name(),
        Report.Gate.NONE,
        software,
        Report.OneStandardError.of(ranked),
        Averaging.of(ranked),
        Rounding.of(ranked),
        OtherLabels.of(ranked, dataset.classes().size()),
        realLabels,
        undecodable(ranked));
  }

  /** By any of them: all agree, but where joined evaluations read images by different codecs. */
  private static List<Integer> undecodable(List<Row> ranked) {
    return ranked.stream()
        .flatMapToInt(row -> row.tally().undecodable())
        .sorted()
        .distinct()
        .boxed()
        .toList();
  }

  private static List<Row> compared(List<Row> ranked) {
    Map<Row.Content, Tally> distinct = new LinkedHashMap<>();
    ranked.forEach(row -> distinct.putIfAbsent(row.content(), row.tally()));
    Row best = ranked.get(0);
    distinct.remove(best.content());
    List<Comparison> againstBest =
        Comparison.withBest(best.tally(), new ArrayList<>(distinct.values()));
    Map<Row.Content, Comparison> comparisons = new HashMap<>();
    comparisons.put(best.content(), Comparison.ofBest());
    int next = 0;
    for (Row.Content content : distinct.keySet()) {
      comparisons.put(content, againstBest.get(next++));
    }
    return ranked.stream().map(row -> row.versus(comparisons.get(row.content()))).toList();
  }
}
