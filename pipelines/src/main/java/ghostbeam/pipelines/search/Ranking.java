package ghostbeam.pipelines.search;

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

/**
 * The candidates of a step, best first: by Top-1, then loss, then fewer parameters, then in the
 * order in which they were proposed.
 *
 * @param step who took part
 * @param scores what all scored, by title
 * @param ranked candidates, of which there is at least one
 */
record Ranking(SearchStep step, Map<String, Tally> scores, List<Proposal> ranked) {

  static Ranking of(SearchStep step, Map<String, Tally> scores) {
    int classes = step.budget().classes();
    Comparator<Proposal> bestFirst =
        by(Metric.TOP1, scores)
            .thenComparing(by(Metric.LOSS, scores))
            .thenComparing(proposal -> parameters(proposal, classes));
    return new Ranking(step, scores, step.candidates().stream().sorted(bestFirst).toList());
  }

  private static Comparator<Proposal> by(Metric metric, Map<String, Tally> scores) {
    return Comparator.comparing(
        proposal -> metric.of(scores.get(proposal.growth().title())), metric.bestFirst());
  }

  private static long parameters(Proposal proposal, int classes) {
    return Outline.of(proposal.network().architecture(classes)).trainableParameters();
  }

  Proposal best() {
    return ranked.get(0);
  }

  private Tally tally(Proposal proposal) {
    return scores.get(proposal.growth().title());
  }

  /** The candidates with what they scored, each tested against the best. */
  private List<SearchReport.Trial> trials() {
    List<Tally> others = ranked.stream().skip(1).map(this::tally).toList();
    List<Comparison> versus = new ArrayList<>(List.of(Comparison.ofBest()));
    versus.addAll(Comparison.withBest(tally(best()), others));
    List<SearchReport.Trial> trials = new ArrayList<>();
    for (int i = 0; i < ranked.size(); i++) {
      trials.add(trial(ranked.get(i), versus.get(i)));
    }
    return trials;
  }

  private SearchReport.Trial trial(Proposal proposal, Comparison versus) {
    Tally tally = tally(proposal);
    return new SearchReport.Trial(
        proposal.growth().title(),
        proposal.growth().words(),
        SearchReport.Network.of(proposal.network(), step.budget().classes()),
        SearchReport.Share.of(tally.top1()),
        Metric.LOSS.of(tally) == null ? null : tally.loss(),
        versus);
  }

  /** The steps as the report has them, what they found tested against uniform scaling. */
  static List<SearchReport.Step> report(List<Ranking> rankings) {
    List<Ranking> scaled =
        rankings.stream().filter(ranking -> ranking.step.uniform().isPresent()).toList();
    Iterator<Comparison> versus =
        Comparison.ofPairs(
                scaled.stream().map(ranking -> ranking.tally(ranking.best())).toList(),
                scaled.stream().map(ranking -> ranking.tally(ranking.uniform())).toList())
            .iterator();
    return rankings.stream()
        .map(
            ranking ->
                ranking.report(
                    ranking.step.uniform().isPresent() ? ranking.against(versus.next()) : null))
        .toList();
  }

  /** The start, scaled, where it was trained. */
  private Proposal uniform() {
    return step.uniform().orElseThrow();
  }

  private SearchReport.Uniform against(Comparison uniform) {
    return new SearchReport.Uniform(
        trial(uniform(), null),
        uniform.onlyThis(),
        uniform.onlyBest(),
        uniform.p(),
        uniform.pHolm());
  }

  private SearchReport.Step report(SearchReport.Uniform uniform) {
    return new SearchReport.Step(
        step.number(),
        step.budget().multiplyAdds(),
        best().growth().title(),
        trials(),
        step.impossible().stream().map(SearchReport.Impossible::of).toList(),
        uniform);
  }
}
