package ghostbeam.model.golden;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.network.Activation;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Convolution;
import ghostbeam.model.network.Operations;
import ghostbeam.model.tensor.Weights;

/**
 * The reference for modules: float32, eager, contiguous layout, batch norm with running statistics;
 * nothing is folded, fused or overwritten.
 */
public final class EagerNetwork implements Operations<NDArray> {
  private static final double NORM_EPSILON = 1e-5;

  private final NDManager manager;
  private final Weights weights;

  private EagerNetwork(NDManager manager, Weights weights) {
    this.manager = manager;
    this.weights = weights;
  }

  /** Logits (count,classes), row by row, of normalised images (count,3,side,side). */
  public static float[] logits(
      Architecture architecture, Weights weights, float[] images, int count, int side) {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray image = manager.create(images, new Shape(count, 3, side, side));
      return architecture.forward(new EagerNetwork(manager, weights), image).toFloatArray();
    }
  }

  private PtNDArray tensor(String name, long... shape) {
    return (PtNDArray) manager.create(weights.get(name), new Shape(shape));
  }

  @Override
  public NDArray convolveAndNormalize(
      Convolution layer, String batchNorm, Activation activation, NDArray x) {
    int channels = layer.out();
    try (PtNDArray convolved = convolve(layer, null, x);
        PtNDArray mean = tensor(batchNorm + ".running_mean", channels);
        PtNDArray variance = tensor(batchNorm + ".running_var", channels);
        PtNDArray gamma = tensor(batchNorm + ".weight", channels);
        PtNDArray beta = tensor(batchNorm + ".bias", channels)) {
      return activated(
          activation,
          JniUtils.batchNorm(convolved, mean, variance, gamma, beta, false, 0.1, NORM_EPSILON));
    }
  }

  @Override
  public NDArray convolveWithBias(Convolution layer, Activation activation, NDArray x) {
    try (PtNDArray bias = tensor(layer.name() + ".bias", layer.out())) {
      return activated(activation, convolve(layer, bias, x));
    }
  }

  private PtNDArray convolve(Convolution layer, PtNDArray bias, NDArray x) {
    int height = layer.height();
    int width = layer.width();
    String name = layer.name() + ".weight";
    try (PtNDArray weight = tensor(name, layer.out(), layer.inPerGroup(), height, width)) {
      return JniUtils.convolution(
          (PtNDArray) x,
          weight,
          bias,
          new Shape(layer.stride(), layer.stride()),
          new Shape(Convolution.padding(height), Convolution.padding(width)),
          new Shape(1, 1),
          layer.groups());
    }
  }

  private static NDArray activated(Activation activation, NDArray x) {
    if (activation == Activation.NONE) {
      return x;
    }
    try (x) {
      return switch (activation) {
        case NONE -> throw new AssertionError();
        case RELU -> x.maximum(0);
        case HARD_SIGMOID -> hardSigmoid(x);
        case SIGMOID -> x.neg().exp().add(1).pow(-1);
        case HARD_SWISH -> {
          try (NDArray gates = hardSigmoid(x)) {
            yield x.mul(gates);
          }
        }
      };
    }
  }

  private static NDArray hardSigmoid(NDArray x) {
    try (NDArray shifted = x.add(3);
        NDArray clipped = shifted.clip(0, 6)) {
      return clipped.div(6);
    }
  }

  @Override
  public NDArray globalMean(NDArray x) {
    long pixels = x.getShape().get(2) * x.getShape().get(3);
    return x.sum(new int[] {2, 3}, true).div(pixels);
  }

  @Override
  public NDArray averagePool(NDArray x) {
    Shape shape = x.getShape();
    long height = shape.get(2) / 2;
    long width = shape.get(3) / 2;
    return x.get(":,:,:" + 2 * height + ",:" + 2 * width)
        .reshape(shape.get(0), shape.get(1), height, 2, width, 2)
        .mean(new int[] {5})
        .mean(new int[] {3});
  }

  @Override
  public NDArray upsample(NDArray x, NDArray like) {
    return nearest(nearest(x, 2, like.getShape().get(2)), 3, like.getShape().get(3));
  }

  private static NDArray nearest(NDArray x, int axis, long size) {
    long from = x.getShape().get(axis);
    String before = ":,".repeat(axis);
    NDList lines = new NDList();
    for (long i = 0; i < size; i++) {
      long nearest = i * from / size;
      lines.add(x.get(before + nearest + ":" + (nearest + 1)));
    }
    return NDArrays.concat(lines, axis);
  }

  @Override
  public NDArray gate(NDArray x, NDArray gates) {
    return x.mul(gates);
  }

  @Override
  public NDArray concatenate(NDArray a, NDArray b) {
    return NDArrays.concat(new NDList(a, b), 1);
  }

  @Override
  public NDArray add(NDArray a, NDArray b) {
    return a.add(b);
  }

  @Override
  public NDArray dense(String name, int in, int out, NDArray x) {
    NDArray flat = x.reshape(x.getShape().get(0), in);
    return Linear.linear(flat, tensor(name + ".weight", out, in), tensor(name + ".bias", out))
        .singletonOrThrow();
  }

  @Override
  public void release(NDArray x) {
    x.close();
  }
}
