package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * RMSProp, not centred: s ← d·s + (1 − d)·g², v ← m·v + rate·g/√(s + ε), p ← p − v, with ε inside
 * the root and the rate inside the momentum. v starts at 0.
 */
public final class RmsProp extends Optimizer {
  /** The initial mean square in current versions of MindSpore. */
  public static final double ORIGINAL_START = 1;

  private static final double MEAN_SQUARE_DECAY = 0.9;

  private final double momentum;
  private final double epsilon;
  private final List<NDArray> velocities;
  private final List<NDArray> meanSquares;

  /** An optimiser for the trainable buckets among a network's. */
  public RmsProp(
      List<Bucket> buckets,
      double momentum,
      double epsilon,
      double meanSquareStart,
      double decay,
      WeightDecay rule) {
    super(buckets, decay, rule);
    this.momentum = momentum;
    this.epsilon = epsilon;
    this.velocities = stateLikeValues(0);
    this.meanSquares = stateLikeValues(meanSquareStart);
  }

  @Override
  void update(int i, NDArray values, NDArray gradient, double rate) {
    try (NDArray square = gradient.mul(gradient)) {
      meanSquares.get(i).muli(MEAN_SQUARE_DECAY).addi(square.muli(1 - MEAN_SQUARE_DECAY));
    }
    try (NDArray shifted = meanSquares.get(i).add(epsilon);
        NDArray root = shifted.sqrt();
        NDArray scaled = gradient.div(root)) {
      values.subi(velocities.get(i).muli(momentum).addi(scaled.muli(rate)));
    }
  }
}
