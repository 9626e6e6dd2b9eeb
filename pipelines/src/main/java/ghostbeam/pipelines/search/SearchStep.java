package ghostbeam.pipelines.search;

import ghostbeam.model.search.Budget;
import ghostbeam.model.search.Dimensions;
import ghostbeam.model.search.Growth;
import ghostbeam.model.search.Proposal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who takes part in a step.
 *
 * @param number from 1
 * @param budget what each costs
 * @param candidates to choose from
 * @param uniform what they are held against, if anything
 * @param impossible what cannot be
 */
record SearchStep(
    int number,
    Budget budget,
    List<Proposal> candidates,
    Optional<Proposal> uniform,
    List<Proposal> impossible) {

  /** The step of a request that goes on from a network. */
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

  /** All to train. */
  List<Proposal> entrants() {
    return Stream.concat(candidates.stream(), uniform.stream()).toList();
  }
}
