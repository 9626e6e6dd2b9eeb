package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Changes parameters by their gradients, in place; owns its state, which starts at zero but for
 * {@link RmsProp}'s s.
 *
 * <p>With g the gradient plus decay · p where weight decay applies: {@link Momentum} is v ← m·v +
 * g, p ← p − rate·v, without dampening or Nesterov. {@link RmsProp} is s ← d·s + (1 − d)·g², v ←
 * m·v + rate·g/√(s + ε), p ← p − v: ε inside of the root, the rate inside of the momentum.
 */
public abstract sealed class Optimizer implements AutoCloseable {
  private final NDManager manager;
  private final List<Bucket> buckets;
  private final double decay;
  private final WeightDecay rule;
  final List<NDArray> velocities = new ArrayList<>();

  private Optimizer(List<Bucket> buckets, double decay, WeightDecay rule) {
    this.buckets = buckets.stream().filter(Bucket::trainable).toList();
    this.decay = decay;
    this.rule = rule;
    this.manager = buckets.get(0).values().getManager().newSubManager();
    for (Bucket bucket : this.buckets) {
      velocities.add(state(bucket, 0));
    }
  }

  final NDArray state(Bucket bucket, double start) {
    NDArray values = bucket.values();
    NDArray state = manager.zeros(values.getShape(), values.getDataType());
    return start == 0 ? state : state.addi(start);
  }

  final List<Bucket> buckets() {
    return buckets;
  }

  /**
   * One step with the gradients gathered; must run without recording gradients.
   *
   * @param lossScale how many times too large the gradients are
   * @param complete makes of each flat array of gradients, in place, what counts
   */
  public final void step(double rate, double lossScale, Consumer<NDArray> complete) {
    for (int i = 0; i < buckets.size(); i++) {
      Bucket bucket = buckets.get(i);
      try (NDArray gradient = bucket.gradient()) {
        complete.accept(gradient);
        if (lossScale != 1) {
          gradient.divi(lossScale);
        }
        if (decay != 0 && rule.appliesTo(bucket.kind())) {
          try (NDArray pull = bucket.values().mul(decay)) {
            gradient.addi(pull);
          }
        }
        update(i, bucket.values(), gradient, rate);
      }
    }
  }

  /** The arrays that steps change beside the parameters, always in the same order; not copies. */
  public List<NDArray> state() {
    return List.copyOf(velocities);
  }

  abstract void update(int i, NDArray values, NDArray gradient, double rate);

  @Override
  public void close() {
    manager.close();
  }

  /** Plain momentum. */
  public static final class Momentum extends Optimizer {
    private final double momentum;

    /** Changes the trainable ones of a network's buckets. */
    public Momentum(List<Bucket> buckets, double momentum, double decay, WeightDecay rule) {
      super(buckets, decay, rule);
      this.momentum = momentum;
    }

    @Override
    void update(int i, NDArray values, NDArray gradient, double rate) {
      NDArray velocity = velocities.get(i).muli(momentum).addi(gradient);
      try (NDArray change = velocity.mul(rate)) {
        values.subi(change);
      }
    }
  }

  /** Root mean square of gradients, not centred. */
  public static final class RmsProp extends Optimizer {
    /** Where MindSpore's current versions start the mean square. */
    public static final double ORIGINAL_START = 1;

    private static final double MEAN_SQUARE_DECAY = 0.9;

    private final double momentum;
    private final double epsilon;
    private final List<NDArray> meanSquares = new ArrayList<>();

    /** Changes the trainable ones of a network's buckets. */
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
      buckets().forEach(bucket -> meanSquares.add(state(bucket, meanSquareStart)));
    }

    @Override
    public List<NDArray> state() {
      return Stream.concat(velocities.stream(), meanSquares.stream()).toList();
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
}
