package ghostbeam.model.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ghostbeam.model.inference.FoldedLayers.Layer;
import ghostbeam.model.network.Activation;
import ghostbeam.model.network.Convolution;
import ghostbeam.model.network.Operations;

/**
 * Inference operator by operator, on arrays of N×H×W×C.
 *
 * <p>Every temporary is closed as soon as it is used: freed memory is still in the processor's
 * cache when the next operator asks for some.
 */
final class EagerOperations implements Operations<NDArray> {
  private static final Shape ONCE = new Shape(1, 1);

  private final FoldedLayers layers;

  EagerOperations(FoldedLayers layers) {
    this.layers = layers;
  }

  @Override
  public NDArray convolveAndNormalize(
      Convolution layer, String batchNorm, Activation activation, NDArray x) {
    return convolveWithBias(layer, activation, x);
  }

  @Override
  public NDArray convolveWithBias(Convolution layer, Activation activation, NDArray x) {
    Layer arrays = layers.get(layer.name());
    return activated(
        activation,
        layer.kernel() == 1 ? PointwiseConvolution.apply(arrays, x) : spatial(layer, arrays, x));
  }

  /** The engine wants N×C×H×W; transposed, our layout is that with channels-last strides. */
  private static NDArray spatial(Convolution layer, Layer arrays, NDArray x) {
    try (NDArray nchw = x.transpose(0, 3, 1, 2);
        NDArray y =
            Conv2d.conv2d(
                    nchw,
                    arrays.weight(),
                    arrays.bias(),
                    new Shape(layer.stride(), layer.stride()),
                    new Shape(layer.padding(), layer.padding()),
                    ONCE,
                    layer.groups())
                .singletonOrThrow()) {
      return y.transpose(0, 2, 3, 1);
    }
  }

  private static NDArray activated(Activation activation, NDArray x) {
    if (activation == Activation.NONE) {
      return x;
    }
    try (x) {
      return switch (activation) {
        case NONE -> throw new AssertionError();
        case RELU -> ai.djl.nn.Activation.relu(x);
        case HARD_SIGMOID -> hardSigmoid(x);
        case HARD_SWISH -> hardSigmoid(x).muli(x);
      };
    }
  }

  private static NDArray hardSigmoid(NDArray x) {
    try (NDArray shifted = x.add(3)) {
      return shifted.clip(0, 6).divi(6);
    }
  }

  @Override
  public NDArray globalMean(NDArray x) {
    try (NDArray nchw = x.transpose(0, 3, 1, 2);
        NDArray mean = Pool.globalAvgPool2d(nchw)) {
      return mean.reshape(mean.getShape().get(0), 1, 1, mean.getShape().get(1));
    }
  }

  @Override
  public NDArray gate(NDArray x, NDArray gates) {
    return x.mul(gates);
  }

  @Override
  public NDArray concatenate(NDArray a, NDArray b) {
    return NDArrays.concat(new NDList(a, b), 3);
  }

  @Override
  public NDArray add(NDArray a, NDArray b) {
    return a.add(b);
  }

  @Override
  public NDArray dropPath(double depth, NDArray x) {
    return x;
  }

  @Override
  public NDArray dropFeatures(NDArray x) {
    return x;
  }

  @Override
  public NDArray dense(String name, int in, int out, NDArray x) {
    Layer arrays = layers.get(name);
    try (NDArray flat = x.reshape(x.getShape().get(0), in)) {
      return Linear.linear(flat, arrays.weight(), arrays.bias()).singletonOrThrow();
    }
  }

  @Override
  public void release(NDArray x) {
    x.close();
  }
}
