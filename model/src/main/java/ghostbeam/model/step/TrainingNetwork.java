package ghostbeam.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Parameter;
import ghostbeam.model.recipe.AmpLevel;
import ghostbeam.model.recipe.Regularization;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.Weights;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A network in training; owns its weights, off-heap. For one thread at a time. */
public final class TrainingNetwork implements AutoCloseable {
  private final NDManager manager = NDManager.newBaseManager();
  private final Architecture architecture;
  private final AmpLevel level;
  private final Regularization regularization;
  private final List<TensorSpec> specs;
  private final List<Bucket> buckets;
  private final Map<String, Parameter> tensors;

  /**
   * @param weights initial weights; copied
   * @param precision of the weights: FLOAT32, or FLOAT64 for tests
   * @param level which parts of the forward and backward pass are float16; not with FLOAT64
   * @param regularization rates of dropout and drop path
   */
  public TrainingNetwork(
      Architecture architecture,
      Weights weights,
      DataType precision,
      AmpLevel level,
      Regularization regularization) {
    this.architecture = architecture;
    this.level = level;
    this.regularization = regularization;
    this.specs = weights.specs();
    this.buckets = Bucket.of(manager, weights, precision);
    this.tensors = byName(buckets);
  }

  private static Map<String, Parameter> byName(List<Bucket> buckets) {
    return buckets.stream()
        .flatMap(bucket -> bucket.parameters().stream())
        .collect(Collectors.toMap(parameter -> parameter.spec().name(), Function.identity()));
  }

  /**
   * Logits computed with batch statistics; updates the running statistics. Gradients must be
   * recorded.
   *
   * @param images (N,H,W,3), of the weights' type, which is also the logits'; the caller closes it
   */
  NDArray logits(NDArray images, Pass pass) {
    NDManager owner = images.getManager();
    NDArray view = images.transpose(0, 3, 1, 2);
    if (!level.half()) {
      return forward(view, this::array, pass);
    }
    try (NDArray half = view.toType(DataType.FLOAT16, true);
        NDArray logits = forward(half, name -> halved(owner, name), pass)) {
      return Cast.of(owner, logits, DataType.FLOAT32);
    }
  }

  private NDArray forward(NDArray images, Function<String, NDArray> arrays, Pass pass) {
    return architecture.forward(
        new TrainingOperations(arrays, level, regularization, pass), images);
  }

  private NDArray array(String name) {
    return tensors.get(name).array();
  }

  /** A tensor for a float16 pass; gradients pass through the cast to the float32 tensor. */
  private NDArray halved(NDManager owner, String name) {
    Parameter tensor = tensors.get(name);
    return switch (tensor.spec().kind()) {
      case CONVOLUTION, DENSE, BIAS -> Cast.of(owner, tensor.array(), DataType.FLOAT16);
      case NORM_WEIGHT, NORM_BIAS, NORM_MEAN, NORM_VARIANCE -> tensor.array();
    };
  }

  /** Whether it computes in float16, whose gradients can overflow where float32's would not. */
  public boolean half() {
    return level.half();
  }

  public NDManager manager() {
    return manager;
  }

  /** All tensors, including batch norm's running statistics. */
  public List<Bucket> buckets() {
    return buckets;
  }

  /** All tensors, in network order. */
  public List<Parameter> tensors() {
    return specs.stream().map(spec -> tensors.get(spec.name())).toList();
  }

  /** The trainable tensors, in network order. */
  List<Parameter> parameters() {
    return tensors().stream().filter(tensor -> tensor.spec().kind().trainable()).toList();
  }

  /** A copy of the current weights, rounded to float32. */
  public Weights weights() {
    return weights(buckets);
  }

  /** A copy of other values for all of this network's tensors, rounded to float32. */
  public Weights weights(List<Bucket> values) {
    Map<String, float[]> copies = new HashMap<>();
    byName(values)
        .forEach(
            (name, tensor) -> {
              try (NDArray single = tensor.array().toType(DataType.FLOAT32, true)) {
                copies.put(name, single.toFloatArray());
              }
            });
    return new Weights(specs, copies);
  }

  @Override
  public void close() {
    manager.close();
  }
}
