package ghostbeam.pipelines.search;

import ghostbeam.model.failure.AdvisedException;
import ghostbeam.model.network.Outline;
import ghostbeam.model.scoring.Comparison;
import ghostbeam.model.scoring.Metric;
import ghostbeam.model.scoring.Tally;
import ghostbeam.model.search.Proposal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The candidates of a step, best first: by Top-1, then loss, then fewer parameters, then in the
 * order in which they were proposed. Those that diverged come last and are never chosen.
 *
 * @param results of all trainings, by title
 * @param scored candidates with a score, at least one
 * @param diverged the others, as they were proposed
 */
record Ranking(
    SearchStep step,
    Map<String, CandidateResult> results,
    List<Proposal> scored,
    List<Proposal> diverged) {

  /**
   * Ranks a step's candidates.
   *
   * @throws AdvisedException if all of them diverged
   */
  static Ranking of(SearchStep step, Map<String, CandidateResult> results) throws AdvisedException {
    List<Proposal> scored = new ArrayList<>();
    List<Proposal> diverged = new ArrayList<>();
    for (Proposal candidate : step.candidates()) {
      boolean hasScore = results.get(candidate.growth().title()) instanceof CandidateResult.Scored;
      (hasScore ? scored : diverged).add(candidate);
    }
    Ranking ranking = new Ranking(step, results, scored, diverged);
    if (scored.isEmpty()) {
      throw ranking.nothingToChoose();
    }
    int classes = step.budget().classes();
    scored.sort(
        ranking
            .by(Metric.TOP1)
            .thenComparing(ranking.by(Metric.LOSS))
            .thenComparing(candidate -> parameters(candidate, classes)));
    return ranking;
  }

  private AdvisedException nothingToChoose() {
    String first = diverged.get(0).growth().title();
    CandidateResult.Diverged result = (CandidateResult.Diverged) results.get(first);
    return new AdvisedException(
        "all %d candidates of step %d diverged; of %s, %s"
            .formatted(diverged.size(), step.number(), first, result.reason()),
        result.advice());
  }

  private Comparator<Proposal> by(Metric metric) {
    return Comparator.comparing(candidate -> metric.of(tally(candidate)), metric.bestFirst());
  }

  private static long parameters(Proposal candidate, int classes) {
    return Outline.of(candidate.network().architecture(classes)).trainableParameters();
  }

  Proposal best() {
    return scored.get(0);
  }

  private Tally tally(Proposal proposal) {
    return ((CandidateResult.Scored) results.get(proposal.growth().title())).tally();
  }

  /** The start, scaled uniformly, if it was trained to the end. */
  private Optional<Proposal> scaled() {
    return step.uniform()
        .filter(uniform -> results.get(uniform.growth().title()) instanceof CandidateResult.Scored);
  }

  /** The candidates with their scores, each tested against the best. */
  private List<SearchReport.Trial> trials() {
    List<Tally> others = scored.stream().skip(1).map(this::tally).toList();
    List<Comparison> versus = new ArrayList<>(List.of(Comparison.ofBest()));
    versus.addAll(Comparison.withBest(tally(best()), others));
    List<SearchReport.Trial> trials = new ArrayList<>();
    for (int i = 0; i < scored.size(); i++) {
      trials.add(trial(scored.get(i), versus.get(i)));
    }
    diverged.forEach(candidate -> trials.add(trial(candidate, null)));
    return trials;
  }

  private SearchReport.Trial trial(Proposal proposal, Comparison versus) {
    SearchReport.Network network =
        SearchReport.Network.of(proposal.network(), step.budget().classes());
    return SearchReport.Trial.of(
        proposal.growth(), network, results.get(proposal.growth().title()), versus);
  }

  /** The steps for the report; what each found is tested against uniform scaling. */
  static List<SearchReport.Step> report(List<Ranking> rankings) {
    List<Ranking> tested =
        rankings.stream().filter(ranking -> ranking.scaled().isPresent()).toList();
    Iterator<Comparison> versus =
        Comparison.ofPairs(
                tested.stream().map(ranking -> ranking.tally(ranking.best())).toList(),
                tested.stream()
                    .map(ranking -> ranking.tally(ranking.scaled().orElseThrow()))
                    .toList())
            .iterator();
    return rankings.stream()
        .map(ranking -> ranking.report(ranking.scaled().isPresent() ? versus.next() : null))
        .toList();
  }

  private SearchReport.Step report(Comparison versusUniform) {
    return new SearchReport.Step(
        step.number(),
        step.budget().multiplyAdds(),
        best().growth().title(),
        trials(),
        step.impossible().stream().map(SearchReport.Impossible::of).toList(),
        step.uniform()
            .map(uniform -> SearchReport.Uniform.of(trial(uniform, null), versusUniform))
            .orElse(null));
  }
}
