package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** SGD with momentum: v ← m·v + g, p ← p − rate·v, without dampening or Nesterov; v starts at 0. */
public final class Momentum extends Optimizer {
  private final double momentum;
  private final List<NDArray> velocities;

  /** An optimiser for the trainable buckets among a network's. */
  public Momentum(List<Bucket> buckets, double momentum, double decay, WeightDecay rule) {
    super(buckets, decay, rule);
    this.momentum = momentum;
    this.velocities = stateLikeValues(0);
  }

  @Override
  void update(int i, NDArray values, NDArray gradient, double rate) {
    NDArray velocity = velocities.get(i).muli(momentum).addi(gradient);
    try (NDArray change = velocity.mul(rate)) {
      values.subi(change);
    }
  }
}
