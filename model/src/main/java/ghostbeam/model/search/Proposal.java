package ghostbeam.model.search;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A network that a step may choose, or the nearest to one.
 *
 * @param growth what of the step's first network it enlarges
 * @param multiplyAdds of the network
 * @param obstacle why it is no candidate; empty where it is one
 */
public record Proposal(
    Growth growth, Dimensions network, long multiplyAdds, Optional<String> obstacle) {

  /** All that a step has to choose from, in the order of {@link Growth#all}. */
  public static List<Proposal> all(Dimensions from, Budget budget) {
    return Growth.all(from).stream().map(growth -> of(growth, from, budget)).toList();
  }

  /** What one way of enlarging comes to. */
  public static Proposal of(Growth growth, Dimensions from, Budget budget) {
    Dimensions network = growth.nearest(from, budget);
    long cost = budget.cost(network);
    return new Proposal(growth, network, cost, obstacle(!network.equals(from), cost, budget));
  }

  /** Whether it can be chosen. */
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
            : "it is as large as a network can be");
  }
}
