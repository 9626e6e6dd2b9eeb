package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), as in PyTorch: p ← (1 −
 * rate·decay)·p, v ← m·v + (1 − m)·g, s ← 0.999·s + 0.001·g², p ← p − rate·(v / (1 − mᵗ)) / (√(s /
 * (1 − 0.999ᵗ)) + ε) in step t, from 1; v and s start at 0. Only matrices decay, as in timm and
 * most recipes for ImageNet, whereas PyTorch decays all parameters it is given.
 */
public final class AdamW extends Optimizer {
  private static final double MEAN_SQUARE_DECAY = 0.999;

  private final double momentum;
  private final double epsilon;
  private final List<NDArray> means;
  private final List<NDArray> meanSquares;

  /** Each bucket's t so far. Float32 counts only to 2²⁴, but there mᵗ and 0.999ᵗ are 0. */
  private final List<NDArray> steps;

  /** An optimiser for the trainable buckets among a network's. */
  public AdamW(List<Bucket> buckets, double momentum, double epsilon, double decay) {
    super(buckets, decay, WeightDecay.MATRICES);
    this.momentum = momentum;
    this.epsilon = epsilon;
    this.means = stateLikeValues(0);
    this.meanSquares = stateLikeValues(0);
    this.steps = stateOfNumbers();
  }

  @Override
  void decay(NDArray values, NDArray gradient, double amount, double rate) {
    values.muli(1 - rate * amount);
  }

  @Override
  void update(int i, NDArray values, NDArray gradient, double rate) {
    double step = steps.get(i).addi(1).toArray()[0].doubleValue();
    double meanCorrection = 1 - Math.pow(momentum, step);
    double squareCorrection = 1 - Math.pow(MEAN_SQUARE_DECAY, step);
    try (NDArray square = gradient.mul(gradient)) {
      meanSquares.get(i).muli(MEAN_SQUARE_DECAY).addi(square.muli(1 - MEAN_SQUARE_DECAY));
    }
    NDArray mean = means.get(i).muli(momentum).addi(gradient.muli(1 - momentum));
    try (NDArray root = meanSquares.get(i).sqrt();
        NDArray change = mean.mul(rate / meanCorrection)) {
      values.subi(change.divi(root.divi(Math.sqrt(squareCorrection)).addi(epsilon)));
    }
  }
}
