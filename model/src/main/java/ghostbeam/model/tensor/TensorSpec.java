package ghostbeam.model.tensor;

import java.util.List;

/**
 * One tensor of a network.
 *
 * @param name in the PyTorch/timm convention
 * @param kind its role in the network
 * @param shape dimensions, outermost first
 */
public record TensorSpec(String name, Kind kind, List<Integer> shape) {

  /** A tensor's role, which determines its initial value and whether weight decay applies. */
  public enum Kind {
    CONVOLUTION,
    DENSE,
    BIAS,
    NORM_WEIGHT,
    NORM_BIAS,
    NORM_MEAN,
    NORM_VARIANCE;

    /** Whether it is trained by gradients, unlike batch norm's running statistics. */
    public boolean trainable() {
      return this != NORM_MEAN && this != NORM_VARIANCE;
    }
  }

  public TensorSpec {
    shape = List.copyOf(shape);
  }

  /** Number of elements. */
  public int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /** Product of all dimensions but the first. */
  public int fanIn() {
    return size() / shape.get(0);
  }
}
