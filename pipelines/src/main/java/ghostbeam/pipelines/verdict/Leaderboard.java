package ghostbeam.pipelines.verdict;

import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Tally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Ranks checkpoints: more Top-1 hits first, then more Top-5 hits, then the smaller loss, then the
 * name. The first is the best, and the others are tested against it on the same images.
 *
 * <p>Checkpoints dropped from a race come last and are not ranked: they are neither best, tied nor
 * chosen, and their figures cover only the records they saw. Nor does Holm's correction count them:
 * beaten so clearly, they would come first in it.
 *
 * <p>Copies of one checkpoint file, such as {@code best} and the epoch it is a copy of, have a row
 * each but count as one comparison in Holm's correction.
 */
public final class Leaderboard {
  private static final Comparator<Row> BEST_FIRST =
      by(Metric.TOP1)
          .thenComparing(by(Metric.TOP5))
          .thenComparing(by(Metric.LOSS))
          .thenComparing(Row::name);

  /** Dropped checkpoints, those that lasted longer first. */
  private static final Comparator<Row> LAST_DROPPED_FIRST =
      by(Metric.RECORDS).thenComparing(BEST_FIRST);

  private static final Comparator<Row> IN_DATASET_FIRST =
      by(Metric.TOP1_IN_DATASET).thenComparing(BEST_FIRST);

  private Leaderboard() {}

  private static Comparator<Row> by(Metric metric) {
    return Comparator.comparing(row -> row.figures().get(metric), metric.bestFirst());
  }

  /**
   * The report of rows with their tallies, of which at least one is complete; without a gate.
   *
   * @param realLabels digest of the ReaL labels that rows were counted by, or null
   * @throws ghostbeam.model.scoring.CoverageException if a checkpoint did not see every record or,
   *     if dropped from a race, every record up to then
   */
  public static Report of(
      Report.Dataset dataset, List<Row> rows, String realLabels, Report.Software software) {
    for (Row row : rows) {
      row.tally().requireCoverage(row.complete() ? dataset.records() : row.tally().records());
    }
    List<Row> ranked = compared(rows.stream().filter(Row::complete).sorted(BEST_FIRST).toList());
    List<Row> all = new ArrayList<>(ranked);
    rows.stream().filter(row -> !row.complete()).sorted(LAST_DROPPED_FIRST).forEach(all::add);
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
        undecodable(ranked),
        inDataset(ranked).stream().map(Row::name).findFirst().orElse(null),
        null);
  }

  /**
   * Records that any checkpoint could not decode; all agree unless joined evaluations used
   * different codecs.
   */
  private static List<Integer> undecodable(List<Row> ranked) {
    return ranked.stream()
        .flatMapToInt(row -> row.tally().undecodable())
        .sorted()
        .distinct()
        .boxed()
        .toList();
  }

  private static List<Row> compared(List<Row> ranked) {
    List<Row> inDataset = inDataset(ranked);
    Map<Row.Content, Comparison> all = compared(ranked, Comparison::withBest);
    Map<Row.Content, Comparison> some = compared(inDataset, Comparison::inDataset);
    return ranked.stream()
        .map(row -> row.versus(all.get(row.content()), some.get(row.content())))
        .toList();
  }

  /**
   * Checkpoints that know more classes than the data has, the best among the data's classes first.
   */
  private static List<Row> inDataset(List<Row> ranked) {
    return ranked.stream().filter(row -> row.inDataset() != null).sorted(IN_DATASET_FIRST).toList();
  }

  /** Compares each with the first; copies are one comparison. */
  private static Map<Row.Content, Comparison> compared(
      List<Row> bestFirst, BiFunction<Tally, List<Tally>, List<Comparison>> test) {
    Map<Row.Content, Tally> distinct = new LinkedHashMap<>();
    bestFirst.forEach(row -> distinct.putIfAbsent(row.content(), row.tally()));
    Map<Row.Content, Comparison> comparisons = new HashMap<>();
    if (!bestFirst.isEmpty()) {
      Row best = bestFirst.get(0);
      distinct.remove(best.content());
      comparisons.put(best.content(), Comparison.ofBest());
      Iterator<Comparison> next =
          test.apply(best.tally(), List.copyOf(distinct.values())).iterator();
      distinct.keySet().forEach(content -> comparisons.put(content, next.next()));
    }
    return comparisons;
  }
}
