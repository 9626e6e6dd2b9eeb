package ghostbeam.model.search;

import ghostbeam.model.network.Outline;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The cost that a step's networks are to have.
 *
 * @param multiplyAdds for one image, as {@link Outline} counts them
 * @param classes of the networks, whose last layer counts, too
 */
public record Budget(long multiplyAdds, int classes) {
  /** How far a network's cost may be from it, as a share. */
  private static final double TOLERANCE = 0.03;

  /**
   * Budgets that grow geometrically from a network's own cost.
   *
   * @param goal the last budget
   * @return a budget for each step
   * @throws IllegalArgumentException if the goal is not above the network's own cost
   */
  public static List<Budget> steps(Dimensions start, int classes, long goal, int steps) {
    long first = new Budget(goal, classes).cost(start);
    if (goal <= first) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the network to start from has %,d multiply-adds already, so it is not enlarged to %,d; ask for more than it has",
              first,
              goal));
    }
    double ratio = (double) goal / first;
    return IntStream.rangeClosed(1, steps)
        .mapToObj(
            step ->
                step == steps
                    ? goal
                    : Math.round(first * StrictMath.pow(ratio, (double) step / steps)))
        .map(cost -> new Budget(cost, classes))
        .toList();
  }

  /** Multiply-adds of a network for one image. */
  long cost(Dimensions network) {
    return Outline.multiplyAdds(network.architecture(classes));
  }

  /** Whether a cost is within the tolerance. */
  boolean holds(long cost) {
    return Math.abs(cost - multiplyAdds) <= TOLERANCE * multiplyAdds;
  }

  /** The highest cost within the tolerance. */
  long most() {
    return (long) (multiplyAdds * (1 + TOLERANCE));
  }
}
