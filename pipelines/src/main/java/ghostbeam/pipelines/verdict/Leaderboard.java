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

  private Leaderboard() {}

  /**
   * The report of the entrants, of which there is at least one; without a gate.
   *
   * @param realLabels digest of the ReaL labels that the entrants were counted by, or null
   * @throws ghostbeam.model.scoring.CoverageException where one did not see every record
   */
  public static Report of(
      Report.Dataset dataset, List<Entrant> entrants, String realLabels, Report.Software software) {
    entrants.forEach(entrant -> entrant.tally().requireCoverage(dataset.records()));
    List<Entrant> ranked = entrants.stream().sorted(BEST_FIRST).toList();
    Map<Entrant.Identity, Comparison> comparisons = compare(ranked);
    List<Report.Row> rows =
        ranked.stream().map(entrant -> row(entrant, comparisons.get(entrant.identity()))).toList();
    return new Report(
        dataset,
        rows,
        rows.get(0).name(),
        Report.Gate.NONE,
        software,
        Report.OneStandardError.of(ranked),
        Averaging.of(ranked),
        realLabels,
        ranked.get(0).tally().undecodable().boxed().toList());
  }

  private static Map<Entrant.Identity, Comparison> compare(List<Entrant> ranked) {
    Map<Entrant.Identity, Tally> distinct = new LinkedHashMap<>();
    ranked.forEach(entrant -> distinct.putIfAbsent(entrant.identity(), entrant.tally()));
    Entrant best = ranked.get(0);
    distinct.remove(best.identity());
    List<Comparison> againstBest =
        Comparison.withBest(best.tally(), new ArrayList<>(distinct.values()));
    Map<Entrant.Identity, Comparison> comparisons = new HashMap<>();
    comparisons.put(best.identity(), Comparison.ofBest());
    int next = 0;
    for (Entrant.Identity identity : distinct.keySet()) {
      comparisons.put(identity, againstBest.get(next++));
    }
    return comparisons;
  }

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
        Report.VersusBest.of(comparison),
        comparison.tied(),
        entrant.parameters(),
        finite(tally.smoothedLoss(SMOOTHING)),
        tally.notFinite().count(),
        entrant.trainedOn(),
        entrant.recipe(),
        Report.Real.of(entrant.real()));
  }

  /** JSON knows no NaN. */
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
