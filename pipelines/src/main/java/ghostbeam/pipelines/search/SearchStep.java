package ghostbeam.pipelines.search;

import ghostbeam.model.search.Budget;
import ghostbeam.model.search.Dimensions;
import ghostbeam.model.search.Growth;
import ghostbeam.model.search.Proposal;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The networks of a step.
 *
 * @param number from 1
 * @param budget the cost of each
 * @param candidates to choose from
 * @param uniform the start, scaled uniformly, to compare with
 * @param impossible ways of growth by which no network has this cost
 */
record SearchStep(
    int number,
    Budget budget,
    List<Proposal> candidates,
    Optional<Proposal> uniform,
    List<Proposal> impossible) {

  /** A step of a search, which enlarges this network. */
  static SearchStep of(SearchRequest request, int number, Dimensions from) {
    Budget budget = request.budgets().get(number - 1);
    List<Proposal> proposals = Proposal.all(from, budget);
    Optional<Proposal> uniform =
        request.uniform()
            ? Optional.of(Proposal.of(new Growth.Uniform(), request.start(), budget))
            : Optional.empty();
    return new SearchStep(
        number,
        budget,
        proposals.stream().filter(Proposal::isPossible).toList(),
        uniform.filter(Proposal::isPossible),
        Stream.concat(proposals.stream(), uniform.stream())
            .filter(proposal -> !proposal.isPossible())
            .toList());
  }

  /** All networks to train: the candidates, then uniform scaling. */
  List<Proposal> toTrain() {
    return Stream.concat(candidates.stream(), uniform.stream()).toList();
  }

  /** What is wrong with a step that has no candidate, and which costs could be reached. */
  Optional<String> problem() {
    if (!candidates.isEmpty()) {
      return Optional.empty();
    }
    LongSummaryStatistics near =
        impossible.stream()
            .filter(proposal -> !(proposal.growth() instanceof Growth.Uniform))
            .mapToLong(Proposal::multiplyAdds)
            .summaryStatistics();
    long cost = budget.multiplyAdds();
    String remedy = "change --multiplyAdds or --steps";
    if (near.getMin() > cost) {
      remedy = "raise --multiplyAdds, or give fewer --steps, so that each is larger";
    } else if (near.getMax() < cost) {
      remedy = "lower --multiplyAdds, or give more --steps, so that each is smaller";
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "no network of step %d has about %,d multiply-adds: the nearest have %,d to %,d; %s",
            number,
            cost,
            near.getMin(),
            near.getMax(),
            remedy));
  }
}
