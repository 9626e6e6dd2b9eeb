package ghostbeam.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.network.Activation;
import ghostbeam.model.network.Convolution;
import ghostbeam.model.network.Operations;
import ghostbeam.model.recipe.AmpLevel;
import ghostbeam.model.recipe.Regularization;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The forward pass of training: differentiable, with batch statistics. It computes in the type of
 * its input, which convolutions' and dense tensors must share; batch norm's tensors are never
 * float16. Arrays are (N,C,H,W) in channels-last layout.
 *
 * <p>Closing a temporary that the engine made only drops our handle: the graph keeps what backward
 * needs. For an array made from Java memory (a mask, a constant) the graph keeps only the address,
 * not the buffer, which may be collected once the array is closed. Those stay with the step's
 * manager until backward is done.
 */
record TrainingOperations(
    Function<String, NDArray> tensors, AmpLevel level, Regularization regularization, Pass pass)
    implements Operations<NDArray> {
  /** Weight of the batch in the running statistics: new = 0.9 old + 0.1 batch. */
  private static final double NORM_MOMENTUM = 0.1;

  private static final double NORM_EPSILON = 1e-5;

  private static final int NARROW = 32;
  private static final int LANES = 8;

  private static final Shape TWO = new Shape(2, 2);

  /** The engine's constant for nearest-neighbour interpolation. */
  private static final int NEAREST = 0;

  @Override
  public NDArray convolveAndNormalize(
      Convolution layer, String batchNorm, Activation activation, NDArray x) {
    try (NDArray y = convolve(layer, null, x)) {
      if (isNarrow(layer)) {
        try (NDArray planes = ChannelsLast.toPlanes(y);
            NDArray activated = normalizedAndActivated(batchNorm, activation, planes)) {
          return ChannelsLast.fromPlanes(activated);
        }
      }
      return normalizedAndActivated(batchNorm, activation, y);
    }
  }

  /**
   * Whether batch norm is faster with planes, including the copies: its channels-last kernel
   * handles eight or sixteen channels at a time and is slow for the remainder.
   */
  private static boolean isNarrow(Convolution layer) {
    return layer.out() < NARROW && layer.out() % LANES != 0;
  }

  private NDArray normalizedAndActivated(String batchNorm, Activation activation, NDArray x) {
    return activated(
        activation,
        level == AmpLevel.O2 || (level.half() && pass.norm() != null)
            ? inSingle(x, single -> normalized(batchNorm, single))
            : normalized(batchNorm, x));
  }

  private NDArray normalized(String batchNorm, NDArray x) {
    SynchronizedNorm.Tensors all =
        new SynchronizedNorm.Tensors(
            tensor(batchNorm + ".running_mean"),
            tensor(batchNorm + ".running_var"),
            tensor(batchNorm + ".weight"),
            tensor(batchNorm + ".bias"));
    return pass.norm() == null
        ? JniUtils.batchNorm(
            (PtNDArray) x,
            all.mean(),
            all.variance(),
            all.weight(),
            all.bias(),
            true,
            NORM_MOMENTUM,
            NORM_EPSILON)
        : pass.norm().apply(x, all, NORM_MOMENTUM, NORM_EPSILON);
  }

  /** Applies a float32 function to a float16 array; the result is float16. */
  private static NDArray inSingle(NDArray x, UnaryOperator<NDArray> function) {
    try (NDArray single = Cast.of(x.getManager(), x, DataType.FLOAT32);
        NDArray y = function.apply(single)) {
      return Cast.of(x.getManager(), y, DataType.FLOAT16);
    }
  }

  private PtNDArray tensor(String name) {
    return (PtNDArray) tensors.apply(name);
  }

  @Override
  public NDArray convolveWithBias(Convolution layer, Activation activation, NDArray x) {
    return activated(activation, convolve(layer, tensors.apply(layer.name() + ".bias"), x));
  }

  private NDArray convolve(Convolution layer, NDArray bias, NDArray x) {
    return ChannelsLast.convolve(layer, tensors.apply(layer.name() + ".weight"), bias, x);
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
        case SIGMOID -> ai.djl.nn.Activation.sigmoid(x);
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
      NDArray six = x.getManager().create(6f);
      return clipped.div(six);
    }
  }

  @Override
  public NDArray globalMean(NDArray x) {
    // A large image's sum overflows float16, though its mean does not.
    return level.half() ? inSingle(x, TrainingOperations::mean) : mean(x);
  }

  private static NDArray mean(NDArray x) {
    // Cheaper than mean(), whose backward divides after expanding to the whole image.
    NDArray pixels = x.getManager().create((float) (x.getShape().get(2) * x.getShape().get(3)));
    try (NDArray sum = x.sum(new int[] {2, 3}, true)) {
      return sum.div(pixels);
    }
  }

  @Override
  public NDArray averagePool(NDArray x) {
    return Pool.avgPool2d(x, TWO, TWO, new Shape(0, 0), false, true);
  }

  @Override
  public NDArray upsample(NDArray x, NDArray like) {
    long[] size = {like.getShape().get(2), like.getShape().get(3)};
    return JniUtils.interpolate((PtNDArray) x, size, NEAREST, false);
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
  public NDArray dropPath(double depth, NDArray x) {
    long images = x.getShape().get(0);
    return dropout(regularization.dropPath() * depth, new Shape(images, 1, 1, 1), x);
  }

  @Override
  public NDArray dropFeatures(NDArray x) {
    return dropout(regularization.drop(), x.getShape(), x);
  }

  /** Multiplies by a random mask of zeros and 1 / (1 − rate), which keeps the expected value. */
  private NDArray dropout(double rate, Shape maskShape, NDArray x) {
    if (rate == 0) {
      return x;
    }
    double[] draws = pass.draws(Math.toIntExact(maskShape.size() / maskShape.get(0)));
    float[] mask = new float[draws.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = draws[i] < rate ? 0 : (float) (1 / (1 - rate));
    }
    try (x) {
      NDArray single = x.getManager().create(mask, maskShape);
      return x.mul(single.toType(x.getDataType(), false));
    }
  }

  @Override
  public NDArray dense(String name, int in, int out, NDArray x) {
    try (NDArray flat = x.reshape(x.getShape().get(0), in)) {
      return Linear.linear(flat, tensors.apply(name + ".weight"), tensors.apply(name + ".bias"))
          .singletonOrThrow();
    }
  }

  @Override
  public void release(NDArray x) {
    x.close();
  }
}
