package ghostbeam.model.search;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A candidate of a step, or the network nearest to one.
 *
 * @param growth how it was made from the network that the step enlarges
 * @param multiplyAdds of the network
 * @param obstacle why it is no candidate; empty if it is one
 */
public record Proposal(
    Growth growth, Dimensions network, long multiplyAdds, Optional<String> obstacle) {

  /** The proposals of a step, in the order of {@link Growth#all}. */
  public static List<Proposal> all(Dimensions from, Budget budget) {
    return Growth.all(from).stream().map(growth -> of(growth, from, budget)).toList();
  }

  /** The proposal of one way of growth. */
  public static Proposal of(Growth growth, Dimensions from, Budget budget) {
    Dimensions network = growth.nearest(from, budget);
    long cost = budget.cost(network);
    return new Proposal(growth, network, cost, obstacle(!network.equals(from), cost, budget));
  }

  /** Whether it is a candidate. */
  public boolean isPossible() {
    return obstacle.isEmpty();
  }

  private static Optional<String> obstacle(boolean grown, long cost, Budget budget) {
    if (grown && budget.holds(cost)) {
      return Optional.empty();
    }
    double off = 100.0 * (cost - budget.multiplyAdds()) / budget.multiplyAdds();
    return Optional.of(
        grown
            ? String.format(
                Locale.ROOT,
                "the nearest such network has %,d multiply-adds, %.1f %% %s the step's %,d",
                cost,
                Math.abs(off),
                off > 0 ? "more than" : "less than",
                budget.multiplyAdds())
            : "no larger network is supported");
  }
}
