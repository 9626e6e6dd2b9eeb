package ghostbeam.pipelines.verdict;

import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Tally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ranks entrants: more Top-1 hits first, then more Top-5 hits, then the smaller loss, then the
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
  /** The original recipe's label smoothing. */
  private static final double SMOOTHING = 0.1;

  private static final Comparator<Entrant> BEST_FIRST =
      Comparator.comparingLong((Entrant e) -> -e.tally().top1().correct())
          .thenComparingLong(e -> -e.tally().top5().correct())
          .thenComparingDouble(e -> e.tally().loss()) // NaN is greater than any loss
          .thenComparing(Entrant::name);

  /** Those that lasted longer first. */
  private static final Comparator<Entrant> LAST_LEFT_FIRST =
      Comparator.comparingLong((Entrant e) -> -e.tally().records()).thenComparing(BEST_FIRST);

  private Leaderboard() {}

  /**
   * The report of the entrants, of which at least one is complete; without a gate.
   *
   * @param realLabels digest of the ReaL labels that the entrants were counted by, or null
   * @throws ghostbeam.model.scoring.CoverageException where one did not see every record, or, of
   *     one that left a race, not every record up to then
   */
  public static Report of(
      Report.Dataset dataset, List<Entrant> entrants, String realLabels, Report.Software software) {
    for (Entrant entrant : entrants) {
      Tally tally = entrant.tally();
      tally.requireCoverage(entrant.complete() ? dataset.records() : tally.records());
    }
    List<Entrant> ranked = entrants.stream().filter(Entrant::complete).sorted(BEST_FIRST).toList();
    Map<Entrant.Content, Comparison> comparisons = compare(ranked);
    List<Report.Row> rows = new ArrayList<>();
    ranked.forEach(entrant -> rows.add(row(entrant, comparisons.get(entrant.content()))));
    entrants.stream()
        .filter(entrant -> !entrant.complete())
        .sorted(LAST_LEFT_FIRST)
        .forEach(entrant -> rows.add(row(entrant, null)));
    return new Report(
        dataset,
        rows,
        rows.get(0).name(),
        Report.Gate.NONE,
        software,
        Report.OneStandardError.of(ranked),
        Averaging.of(ranked),
        Rounding.of(ranked),
        realLabels,
        undecodable(ranked));
  }

  /** By any of them: all agree, but where joined evaluations read images by different codecs. */
  private static List<Integer> undecodable(List<Entrant> ranked) {
    return ranked.stream()
        .flatMapToInt(entrant -> entrant.tally().undecodable())
        .sorted()
        .distinct()
        .boxed()
        .toList();
  }

  private static Map<Entrant.Content, Comparison> compare(List<Entrant> ranked) {
    Map<Entrant.Content, Tally> distinct = new LinkedHashMap<>();
    ranked.forEach(entrant -> distinct.putIfAbsent(entrant.content(), entrant.tally()));
    Entrant best = ranked.get(0);
    distinct.remove(best.content());
    List<Comparison> againstBest =
        Comparison.withBest(best.tally(), new ArrayList<>(distinct.values()));
    Map<Entrant.Content, Comparison> comparisons = new HashMap<>();
    comparisons.put(best.content(), Comparison.ofBest());
    int next = 0;
    for (Entrant.Content content : distinct.keySet()) {
      comparisons.put(content, againstBest.get(next++));
    }
    return comparisons;
  }

  /** A row; one that left a race was compared with others than the best, and has no comparison. */
  private static Report.Row row(Entrant entrant, Comparison comparison) {
    Tally tally = entrant.tally();
    return new Report.Row(
        entrant.name(),
        entrant.uri(),
        entrant.digest(),
        entrant.architecture(),
        entrant.weights(),
        entrant.epoch(),
        entrant.step(),
        tally.records(),
        Report.Score.of(tally.top1()),
        Report.Score.of(tally.top5()),
        finite(tally.loss()),
        finite(tally.calibrationError()),
        entrant.preprocessing(),
        comparison == null ? null : Report.VersusBest.of(comparison),
        comparison != null && comparison.tied(),
        entrant.parameters(),
        finite(tally.smoothedLoss(SMOOTHING)),
        tally.notFinite().count(),
        entrant.trainedOn(),
        entrant.recipe(),
        Report.Real.of(entrant.real()),
        Partial.of(entrant.defeat()));
  }

  /** JSON knows no NaN. */
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
