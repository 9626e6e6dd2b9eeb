package ghostbeam.model.search;

import ghostbeam.model.network.Outline;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What a network is to cost.
 *
 * @param multiplyAdds for one image, as {@link Outline} counts them
 * @param classes that networks tell apart, whose layer counts, too
 */
public record Budget(long multiplyAdds, int classes) {
  /** How far from it a cost may be. */
  private static final double TOLERANCE = 0.03;

  /**
   * Budgets that grow geometrically from a network's own cost.
   *
   * @param goal the last one
   * @return those of the steps, without the network's own
   * @throws IllegalArgumentException where the goal is not above it
   */
  public static List<Budget> steps(Dimensions start, int classes, long goal, int steps) {
    long first = new Budget(goal, classes).cost(start);
    if (goal <= first) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the network to start from has %,d multiply-adds already, and is to be enlarged to %,d",
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

  /** Whether a cost is near enough. */
  boolean holds(long cost) {
    return Math.abs(cost - multiplyAdds) <= TOLERANCE * multiplyAdds;
  }

  /** The highest cost that is. */
  long most() {
    return (long) (multiplyAdds * (1 + TOLERANCE));
  }
}
