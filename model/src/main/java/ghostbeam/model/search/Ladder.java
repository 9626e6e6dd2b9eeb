package ghostbeam.model.search;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Networks by number, each larger than the one before in one respect and as a rule at least as
 * costly: where a stage comes to be as wide as the one before it, a shortcut's convolutions go, and
 * with them a little of the cost.
 *
 * @param last number of the largest
 * @param rungs the networks from 0, which is the one that grows
 */
record Ladder(int last, IntFunction<Dimensions> rungs) {
  private static final int CHANNELS = 4;
  static final int PIXELS = 8;

  /** So wide that no layer inside a stage is wider than networks can be. */
  private static final int WIDEST = 8192;

  private static final int DEEPEST = 1024;
  private static final int LARGEST_IMAGE = 4096;

  /** A stage's width in steps of 4 channels. */
  static Ladder width(Dimensions from, int stage) {
    int width = from.channels().get(stage);
    return new Ladder(
        Math.max(0, WIDEST - width) / CHANNELS,
        steps -> from.withChannels(stage, width + CHANNELS * steps));
  }

  /**
   * All stages' widths in proportion, a step of 4 channels of one stage at a time: of the stage
   * whose width it changes to the smallest multiple of what it was.
   */
  static Ladder widths(Dimensions from) {
    int last =
        from.channels().stream().mapToInt(width -> Math.max(0, WIDEST - width) / CHANNELS).sum();
    return new Ladder(last, steps -> widened(from, steps));
  }

  private static Dimensions widened(Dimensions from, int steps) {
    List<Integer> first = from.channels();
    List<Integer> widths = new ArrayList<>(first);
    for (int i = 0; i < steps; i++) {
      int next = -1;
      for (int stage = 0; stage < widths.size(); stage++) {
        boolean fits = widths.get(stage) + CHANNELS <= WIDEST;
        if (fits && (next < 0 || factor(first, widths, stage) < factor(first, widths, next))) {
          next = stage;
        }
      }
      widths.set(next, widths.get(next) + CHANNELS);
    }
    return from.withChannels(widths);
  }

  private static double factor(List<Integer> first, List<Integer> widths, int stage) {
    return (double) (widths.get(stage) + CHANNELS) / first.get(stage);
  }

  /** A stage's blocks. */
  static Ladder depth(Dimensions from, int stage) {
    int blocks = from.layers().get(stage);
    int all = from.layers().stream().mapToInt(Integer::intValue).sum();
    return new Ladder(Math.max(0, DEEPEST - all), steps -> from.withLayers(stage, blocks + steps));
  }

  /** The images' side in steps of 8 pixels. */
  static Ladder resolution(Dimensions from) {
    int side = from.inputSize();
    return new Ladder(
        Math.max(0, LARGEST_IMAGE - side) / PIXELS,
        steps -> from.withInputSize(side + PIXELS * steps));
  }

  /** The network of a number; the last where there is none so large. */
  Dimensions rung(int number) {
    return rungs.apply(Math.min(number, last));
  }

  /** Number of the largest that costs at most so much; 0 where only the first may. */
  int highest(Budget budget, long most) {
    int low = 0;
    int high = 1;
    while (high <= last && budget.cost(rung(high)) <= most) {
      low = high;
      high *= 2;
    }
    high = Math.min(high, last + 1);
    while (high - low > 1) {
      int middle = (low + high) / 2;
      if (budget.cost(rung(middle)) <= most) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * The network nearest to a budget, the smaller of equals.
   *
   * @param least number of the smallest that is wanted
   */
  Dimensions nearest(Budget budget, int least) {
    int below = highest(budget, budget.multiplyAdds());
    Dimensions low = rung(Math.max(least, below));
    Dimensions high = rung(Math.max(least, below + 1));
    return distance(budget, high) < distance(budget, low) ? high : low;
  }

  private static long distance(Budget budget, Dimensions network) {
    return Math.abs(budget.cost(network) - budget.multiplyAdds());
  }
}
