package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Updates parameters by their gradients, in place; owns its state. An update rule extends this
 * class; its constructor requests its state arrays, which are then saved, restored and synchronised
 * across ranks.
 */
public abstract class Optimizer implements AutoCloseable {
  private final NDManager manager;
  private final List<Bucket> buckets;
  private final double decay;
  private final WeightDecay rule;
  private final List<NDArray> state = new ArrayList<>();

  /**
   * An optimiser for the trainable buckets among a network's.
   *
   * @param decay weight decay of the tensors to which the rule applies
   */
  Optimizer(List<Bucket> buckets, double decay, WeightDecay rule) {
    this.buckets = buckets.stream().filter(Bucket::trainable).toList();
    this.decay = decay;
    this.rule = rule;
    this.manager = buckets.get(0).values().getManager().newSubManager();
  }

  /** One array for each bucket, of the same size, filled with a start value. */
  final List<NDArray> stateLikeValues(double start) {
    return state(start, bucket -> bucket.values().getShape());
  }

  /** One number for each bucket, initially 0. */
  final List<NDArray> stateOfNumbers() {
    return state(0, bucket -> new Shape(1));
  }

  private List<NDArray> state(double start, Function<Bucket, Shape> shape) {
    List<NDArray> arrays = new ArrayList<>();
    for (Bucket bucket : buckets) {
      NDArray zeros = manager.zeros(shape.apply(bucket), bucket.values().getDataType());
      arrays.add(start == 0 ? zeros : zeros.addi(start));
    }
    state.addAll(arrays);
    return arrays;
  }

  /**
   * One step; must run without recording gradients.
   *
   * @param gradients of the same buckets; overwritten
   */
  public final void step(double rate, Gradients gradients) {
    for (int i = 0; i < buckets.size(); i++) {
      Bucket bucket = buckets.get(i);
      NDArray gradient = gradients.flat().get(i);
      if (decay != 0 && rule.appliesTo(bucket.kind())) {
        decay(bucket.values(), gradient, decay, rate);
      }
      update(i, bucket.values(), gradient, rate);
    }
  }

  /** Decays a bucket before its update; by default adds decay · p to the gradient. */
  void decay(NDArray values, NDArray gradient, double amount, double rate) {
    try (NDArray penalty = values.mul(amount)) {
      gradient.addi(penalty);
    }
  }

  /**
   * Updates a bucket's values and its state.
   *
   * @param i the bucket's index in the state's lists
   * @param gradient flat; may be overwritten, valid until the end of the step
   */
  abstract void update(int i, NDArray values, NDArray gradient, double rate);

  /** The optimiser's state arrays, always in the same order; not copies. */
  public final List<NDArray> state() {
    return List.copyOf(state);
  }

  @Override
  public final void close() {
    manager.close();
  }
}
