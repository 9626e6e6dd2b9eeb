package ghostbeam.model.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ghostbeam.model.inference.FoldedLayers.Layer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * 1×1 convolutions on N×H×W×C arrays, by the engine's convolution where that is right and by a
 * matrix product where it is not.
 *
 * <p>oneDNN 3.7's channels-last 1×1 convolution is faster, but on some processors gives wrong sums
 * for some output widths (36, 40, 72, 80, 100 …). So each shape is computed both ways once in a
 * JVM, on the first data that comes, and the convolution is used from then on only where the two
 * agreed. A kernel is chosen by shape alone, so one trial tells.
 */
final class PointwiseConvolution {
  /** Of the largest output; float32 sums in another order differ by about a hundredth of it. */
  private static final float TOLERANCE = 1e-4f;

  private static final Shape ONE = new Shape(1, 1);
  private static final Shape NONE = new Shape(0, 0);

  private static final Map<Trial, Boolean> CONVOLUTION_IS_RIGHT = new ConcurrentHashMap<>();

  private record Trial(Shape input, long out) {}

  private PointwiseConvolution() {}

  /** (N,H,W,in) → (N,H,W,out). */
  static NDArray apply(Layer layer, NDArray x) {
    Trial trial = new Trial(x.getShape(), layer.weight().getShape().get(0));
    Boolean right = CONVOLUTION_IS_RIGHT.get(trial);
    if (right != null) {
      return right ? byConvolution(layer, x) : byProduct(layer, x);
    }
    NDArray product = byProduct(layer, x);
    NDArray convolved = byConvolution(layer, x);
    boolean agreed = agree(product, convolved);
    CONVOLUTION_IS_RIGHT.put(trial, agreed);
    // The trial's own result is what later calls give, so no score depends on who came first.
    (agreed ? product : convolved).close();
    return agreed ? convolved : product;
  }

  private static boolean agree(NDArray expected, NDArray actual) {
    try (NDArray difference = expected.sub(actual);
        NDArray distance = difference.abs();
        NDArray furthest = distance.max();
        NDArray magnitude = expected.abs();
        NDArray largest = magnitude.max()) {
      // Written so that NaN, which compares false, disagrees.
      return furthest.getFloat() <= TOLERANCE * largest.getFloat();
    }
  }

  private static NDArray byProduct(Layer layer, NDArray x) {
    Shape shape = x.getShape();
    long channels = shape.get(3);
    try (NDArray pixels = x.reshape(shape.size() / channels, channels);
        NDArray y = Linear.linear(pixels, layer.weight(), layer.bias()).singletonOrThrow()) {
      return y.reshape(shape.get(0), shape.get(1), shape.get(2), y.getShape().get(1));
    }
  }

  private static NDArray byConvolution(Layer layer, NDArray x) {
    Shape weight = layer.weight().getShape();
    try (NDArray nchw = x.transpose(0, 3, 1, 2);
        NDArray kernel = layer.weight().reshape(weight.get(0), weight.get(1), 1, 1);
        NDArray y =
            Conv2d.conv2d(nchw, kernel, layer.bias(), ONE, NONE, ONE, 1).singletonOrThrow()) {
      return y.transpose(0, 2, 3, 1);
    }
  }
}
