package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ghostbeam.model.network.TensorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The exponential moving average of every tensor of a network, batch norm's running statistics
 * included: after each optimiser step, average ← decay · average + (1 − decay) · value. It starts
 * as a copy of the tensors.
 */
public final class WeightAverage implements AutoCloseable {
  private final NDManager manager;
  private final double decay;
  private final List<Parameter> tensors;
  private final Map<TensorSpec, NDArray> averages = new LinkedHashMap<>();

  public WeightAverage(List<Parameter> tensors, double decay) {
    if (!(decay > 0 && decay < 1)) {
      throw new IllegalArgumentException("a decay is between 0 and 1, found " + decay);
    }
    this.tensors = List.copyOf(tensors);
    this.decay = decay;
    this.manager = tensors.get(0).array().getManager().newSubManager();
    for (Parameter tensor : tensors) {
      NDArray copy = tensor.array().duplicate();
      copy.attach(manager);
      averages.put(tensor.spec(), copy);
    }
  }

  /** Takes the current values in; must run without recording gradients. */
  public void update() {
    for (Parameter tensor : tensors) {
      try (NDArray share = tensor.array().mul(1 - decay)) {
        averages.get(tensor.spec()).muli(decay).addi(share);
      }
    }
  }

  /** The averages in network order; they stay this object's. */
  public Map<TensorSpec, NDArray> averages() {
    return averages;
  }

  @Override
  public void close() {
    manager.close();
  }
}
