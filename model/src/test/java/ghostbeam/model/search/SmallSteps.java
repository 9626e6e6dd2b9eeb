package ghostbeam.model.search;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A plain version of {@link Growth}: one block, eight pixels or four channels at a time. */
final class SmallSteps {
  private static final int CHANNELS = 4;
  private static final int PIXELS = 8;
  private static final int DEEPEST = 1024;

  private SmallSteps() {}

  static Dimensions nearest(Growth growth, Dimensions from, Budget budget) {
    if (growth instanceof Growth.Width width) {
      Dimensions first = wider(from, width.stage());
      return budget.cost(first) > budget.multiplyAdds() ? first : filled(first, width, budget);
    }
    if (growth instanceof Growth.Depth depth) {
      Dimensions deeper =
          most(
              network -> network.withLayers(depth.stage(), network.layers().get(depth.stage()) + 1),
              from,
              budget);
      Dimensions own = filled(deeper, new Growth.Width(depth.stage()), budget);
      double off = Math.abs(1 - (double) budget.cost(own) / budget.multiplyAdds());
      return off <= 0.03 ? own : filledByAll(deeper, budget);
    }
    if (growth instanceof Growth.Resolution) {
      UnaryOperator<Dimensions> larger =
          network -> network.withInputSize(network.inputSize() + PIXELS);
      return filledByAll(most(larger, from, budget), budget);
    }
    double ratio = (double) budget.multiplyAdds() / budget.cost(from);
    Dimensions rounded = scaled(from, ratio, true);
    boolean fits = budget.cost(rounded) <= 1.03 * budget.multiplyAdds();
    return filledByAll(fits ? rounded : scaled(from, ratio, false), budget);
  }

  /**
   * The largest that exceeds the budget by at most 3 % and has at most all blocks; at least one
   * step.
   */
  private static Dimensions most(UnaryOperator<Dimensions> step, Dimensions from, Budget budget) {
    Dimensions last = step.apply(from);
    Dimensions next = step.apply(last);
    while (next.layers().stream().mapToInt(blocks -> blocks).sum() <= DEEPEST
        && budget.cost(next) <= 1.03 * budget.multiplyAdds()) {
      last = next;
      next = step.apply(last);
    }
    return last;
  }

  private static Dimensions filled(Dimensions from, Growth.Width way, Budget budget) {
    return filled(network -> wider(network, way.stage()), from, budget);
  }

  /** Widens the stage that is then the least widened, again and again. */
  private static Dimensions filledByAll(Dimensions from, Budget budget) {
    UnaryOperator<Dimensions> step =
        network -> {
          List<Double> factors = new ArrayList<>();
          for (int stage = 0; stage < network.channels().size(); stage++) {
            int width = network.channels().get(stage) + CHANNELS;
            factors.add((double) width / from.channels().get(stage));
          }
          double least = factors.stream().mapToDouble(factor -> factor).min().orElseThrow();
          return wider(network, factors.indexOf(least));
        };
    return filled(step, from, budget);
  }

  private static Dimensions filled(UnaryOperator<Dimensions> step, Dimensions from, Budget budget) {
    Dimensions below = from;
    Dimensions above = step.apply(from);
    while (budget.cost(above) <= budget.multiplyAdds()) {
      below = above;
      above = step.apply(above);
    }
    long missing = Math.abs(budget.multiplyAdds() - budget.cost(below));
    return budget.cost(above) - budget.multiplyAdds() < missing ? above : below;
  }

  private static Dimensions wider(Dimensions network, int stage) {
    return network.withChannels(stage, network.channels().get(stage) + CHANNELS);
  }

  /** Depth takes a third of the factor; the side, whose square the cost follows, another. */
  private static Dimensions scaled(Dimensions from, double ratio, boolean rounded) {
    double half = rounded ? 0.5 : 0;
    double deeper = Math.pow(ratio, 1.0 / 3);
    double steps = from.inputSize() * (Math.pow(ratio, 1.0 / 6) - 1) / PIXELS;
    return from.withLayers(
            from.layers().stream().map(blocks -> (int) Math.floor(blocks * deeper + half)).toList())
        .withInputSize(from.inputSize() + PIXELS * (int) Math.floor(steps + half));
  }
}
