package ghostbeam.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.GhostNet;
import ghostbeam.model.network.TensorSpec;
import ghostbeam.model.network.Weights;
import ghostbeam.model.optimization.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A network whose weights are being learned; owns them, off-heap. For one thread at a time. */
final class TrainingNetwork implements AutoCloseable {
  private final NDManager manager = NDManager.newBaseManager();
  private final Architecture architecture;
  private final double dropRate;
  private final double dropPathRate;
  private final Map<String, Parameter> tensors = new LinkedHashMap<>();

  /**
   * @param weights where training starts; they are copied
   * @param precision FLOAT32, or FLOAT64 for proofs
   * @param dropRate share of features left out before the dense layer
   * @param dropPathRate share of residual branches left out at the end of the network
   */
  TrainingNetwork(
      Architecture architecture,
      Weights weights,
      DataType precision,
      double dropRate,
      double dropPathRate) {
    this.architecture = architecture;
    this.dropRate = dropRate;
    this.dropPathRate = dropPathRate;
    for (TensorSpec spec : weights.specs()) {
      long[] shape = spec.shape().stream().mapToLong(Integer::longValue).toArray();
      NDArray array = manager.create(weights.get(spec.name()), new Shape(shape));
      if (precision != DataType.FLOAT32) {
        try (NDArray single = array) {
          array = single.toType(precision, true);
        }
      }
      if (spec.kind().trainable()) {
        array.setRequiresGradient(true);
      }
      tensors.put(spec.name(), new Parameter(spec, array));
    }
  }

  /**
   * Logits with batch statistics; updates the running ones. Record gradients around it.
   *
   * @param images (N,3,H,W); stays the caller's
   * @param random decides what is left out
   */
  NDArray logits(NDArray images, RandomGenerator random) {
    return GhostNet.forward(
        architecture, new TrainingOperations(this::array, dropRate, dropPathRate, random), images);
  }

  private NDArray array(String name) {
    return tensors.get(name).array();
  }

  NDManager manager() {
    return manager;
  }

  /** Every tensor, in network order. */
  List<Parameter> tensors() {
    return List.copyOf(tensors.values());
  }

  /** The tensors that gradients change, in network order. */
  List<Parameter> parameters() {
    return tensors.values().stream().filter(tensor -> tensor.spec().kind().trainable()).toList();
  }

  /** A copy of the current weights, rounded to float32. */
  Weights weights() {
    Map<TensorSpec, NDArray> arrays = new LinkedHashMap<>();
    tensors.values().forEach(tensor -> arrays.put(tensor.spec(), tensor.array()));
    return weights(arrays);
  }

  /** A copy of arrays as weights, rounded to float32. */
  static Weights weights(Map<TensorSpec, NDArray> arrays) {
    Map<String, float[]> values = new LinkedHashMap<>();
    List<TensorSpec> specs = new ArrayList<>();
    arrays.forEach(
        (spec, array) -> {
          try (NDArray single = array.toType(DataType.FLOAT32, true)) {
            values.put(spec.name(), single.toFloatArray());
          }
          specs.add(spec);
        });
    return new Weights(specs, values);
  }

  @Override
  public void close() {
    manager.close();
  }
}
