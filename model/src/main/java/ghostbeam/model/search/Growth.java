package ghostbeam.model.search;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One way of enlarging a network to a budget, after C. Liu, K. Han and others, "Greedy Network
 * Enlarging" (arXiv 2108.00177, 2021), which found s-ghostnet-b1 and b4 by enlarging width, depth
 * and resolution stage by stage, step by step, and keeping what helped most for the same
 * multiply-adds.
 *
 * <p>They published no code, and this is not a copy of their method. It differs thus: each
 * candidate of a step enlarges one dimension, as far as the budget allows; width fills what whole
 * blocks or steps of 8 pixels leave over, so that all candidates of a step have the same cost
 * within 3 %; budgets grow geometrically; and candidates are compared on images that none was
 * trained on, by Top-1, then loss, then parameters.
 */
public sealed interface Growth {

  /** Its name in files, such as {@code width-1}; stages count from 1, as flags list them. */
  String title();

  /** Its name for people. */
  String words();

  /** The network nearest to the budget among those grown this way, larger than the first. */
  Dimensions nearest(Dimensions from, Budget budget);

  /** The ways of a step: each stage's width, each stage's depth, the resolution. */
  static List<Growth> all(Dimensions from) {
    int stages = from.layers().size();
    Stream<Growth> widths = IntStream.range(0, stages).mapToObj(Width::new);
    Stream<Growth> depths = IntStream.range(0, stages).mapToObj(Depth::new);
    return Stream.concat(Stream.concat(widths, depths), Stream.of(new Resolution())).toList();
  }

  /** More channels of one stage, in steps of 4. */
  record Width(int stage) implements Growth {
    @Override
    public String title() {
      return "width-" + (stage + 1);
    }

    @Override
    public String words() {
      return "width of stage " + (stage + 1);
    }

    @Override
    public Dimensions nearest(Dimensions from, Budget budget) {
      return Ladder.width(from, stage).nearest(budget, 1);
    }
  }

  /**
   * More blocks in one stage, as many as the budget takes; that stage's width fills the rest, or
   * where its steps are too large, all widths.
   */
  record Depth(int stage) implements Growth {
    @Override
    public String title() {
      return "depth-" + (stage + 1);
    }

    @Override
    public String words() {
      return "depth of stage " + (stage + 1);
    }

    @Override
    public Dimensions nearest(Dimensions from, Budget budget) {
      Ladder blocks = Ladder.depth(from, stage);
      Dimensions deeper = blocks.rung(Math.max(1, blocks.highest(budget, budget.most())));
      Dimensions filled = Ladder.width(deeper, stage).nearest(budget, 0);
      return budget.holds(budget.cost(filled)) ? filled : Ladder.widths(deeper).nearest(budget, 0);
    }
  }

  /** Larger images, by as many steps of 8 pixels as the budget takes; all widths fill the rest. */
  record Resolution() implements Growth {
    @Override
    public String title() {
      return "resolution";
    }

    @Override
    public String words() {
      return "resolution";
    }

    @Override
    public Dimensions nearest(Dimensions from, Budget budget) {
      Ladder sides = Ladder.resolution(from);
      Dimensions larger = sides.rung(Math.max(1, sides.highest(budget, budget.most())));
      return Ladder.widths(larger).nearest(budget, 0);
    }
  }

  /**
   * What a greedy step is compared with: depth, width and resolution all grow by the same share of
   * the cost, a third each (M. Tan and Q. Le, "EfficientNet", ICML 2019, have such a compound
   * rule). Depth and resolution are rounded to whole blocks and steps of 8 pixels, or where that
   * costs too much, down; all widths fill the rest.
   */
  record Uniform() implements Growth {
    @Override
    public String title() {
      return "uniform";
    }

    @Override
    public String words() {
      return "all in proportion";
    }

    @Override
    public Dimensions nearest(Dimensions from, Budget budget) {
      double ratio = (double) budget.multiplyAdds() / budget.cost(from);
      Dimensions scaled = scaled(from, ratio, 0.5);
      if (budget.cost(scaled) > budget.most()) {
        scaled = scaled(from, ratio, 0);
      }
      return Ladder.widths(scaled).nearest(budget, 0);
    }

    /** Depth by the cube root, a side by the sixth, since cost goes by its square. */
    private static Dimensions scaled(Dimensions from, double ratio, double rounding) {
      double third = StrictMath.cbrt(ratio);
      double wider = StrictMath.sqrt(third);
      int all = from.layers().stream().mapToInt(Integer::intValue).sum();
      double deepest = (double) (Ladder.DEEPEST - from.layers().size()) / all;
      double deeper = Math.min(third, Math.max(1, deepest));
      List<Integer> layers =
          from.layers().stream().map(blocks -> (int) (blocks * deeper + rounding)).toList();
      int steps = (int) (from.inputSize() * (wider - 1) / Ladder.PIXELS + rounding);
      return Ladder.resolution(from.withLayers(layers)).rung(steps);
    }
  }
}
