package ghostbeam.model.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.network.TensorSpec;
import ghostbeam.model.network.TensorSpec.Kind;
import ghostbeam.model.network.Weights;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A network's layers for inference: batch norm folded into the convolution before it, in float64,
 * then rounded to float32.
 */
final class FoldedLayers {
  private static final double NORM_EPSILON = 1e-5;

  /** A layer's weight, a matrix (out,in) where it is dense or a 1×1 convolution, and bias. */
  record Layer(NDArray weight, NDArray bias) {}

  private final Map<String, Layer> layers = new HashMap<>();

  /** Arrays belong to the manager and are closed with it. */
  FoldedLayers(NDManager manager, Weights weights) {
    List<TensorSpec> specs = weights.specs();
    for (int i = 0; i < specs.size(); i++) {
      TensorSpec spec = specs.get(i);
      if (spec.kind() == Kind.CONVOLUTION || spec.kind() == Kind.DENSE) {
        String layer = spec.name().substring(0, spec.name().length() - ".weight".length());
        TensorSpec next = specs.get(i + 1);
        layers.put(
            layer,
            next.kind() == Kind.NORM_WEIGHT
                ? folded(manager, weights, spec, next)
                : new Layer(
                    array(manager, spec, weights.get(spec.name())),
                    array(manager, next, weights.get(next.name()))));
      }
    }
  }

  Layer get(String name) {
    return layers.get(name);
  }

  private static Layer folded(
      NDManager manager, Weights weights, TensorSpec convolution, TensorSpec norm) {
    String prefix = norm.name().substring(0, norm.name().length() - "weight".length());
    float[] gamma = weights.get(norm.name());
    float[] beta = weights.get(prefix + "bias");
    float[] mean = weights.get(prefix + "running_mean");
    float[] variance = weights.get(prefix + "running_var");
    float[] weight = weights.get(convolution.name()).clone();
    float[] bias = new float[gamma.length];
    int perChannel = convolution.fanIn();
    for (int c = 0; c < gamma.length; c++) {
      double scale = gamma[c] / Math.sqrt(variance[c] + NORM_EPSILON);
      for (int i = c * perChannel; i < (c + 1) * perChannel; i++) {
        weight[i] = (float) (weight[i] * scale);
      }
      bias[c] = (float) (beta[c] - mean[c] * scale);
    }
    return new Layer(array(manager, convolution, weight), array(manager, norm, bias));
  }

  private static NDArray array(NDManager manager, TensorSpec spec, float[] value) {
    long[] shape = spec.shape().stream().mapToLong(Integer::longValue).toArray();
    boolean pointwise = shape.length == 4 && shape[2] == 1;
    return manager.create(value, pointwise ? new Shape(shape[0], shape[1]) : new Shape(shape));
  }
}
