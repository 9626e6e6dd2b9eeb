package ghostbeam.model.search;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Networks by number, each larger in one dimension than the one before, and usually at least as
 * costly. The exception: a stage that becomes as wide as the one before it needs no convolutions in
 * its shortcut, which saves a little.
 *
 * @param last number of the largest
 * @param rungs the networks; number 0 is the one that grows
 */
record Ladder(int last, IntFunction<Dimensions> rungs) {
  private static final int CHANNELS = 4;
  static final int PIXELS = 8;

  /** No layer inside such a stage is wider than networks support. */
  private static final int WIDEST = 8192;

  static final int DEEPEST = 1024;
  private static final int LARGEST_IMAGE = 4096;

  /** A stage's width in steps of 4 channels. */
  static Ladder width(Dimensions from, int stage) {
    int width = from.channels().get(stage);
    return new Ladder(
        Math.max(0, WIDEST - width) / CHANNELS,
        steps -> from.withChannels(stage, width + CHANNELS * steps));
  }

  /**
   * All stages' widths in proportion, 4 channels of one stage at a time: of the stage that would
   * then have grown by the smallest factor.
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

  /** The network of a number, at most the last. */
  Dimensions rung(int number) {
    return rungs.apply(Math.min(number, last));
  }

  /** The number of the largest network that costs at most this much; else 0. */
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
   * The network nearest to a budget; of two equally near, the smaller.
   *
   * @param least number of the smallest network allowed
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
