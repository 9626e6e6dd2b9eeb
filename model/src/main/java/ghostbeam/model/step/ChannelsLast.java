package ghostbeam.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.network.Convolution;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Differentiable convolutions of arrays (N,C,H,W) in channels-last memory layout, which take less
 * than half the time of the contiguous layout, where each channel is a plane.
 *
 * <p>oneDNN 3.7, which the engine uses, computes wrong sums for some widths in this layout on some
 * processors (seen on AMD Zen 5: 1×1, widths 36, 40, 72, …). So each float32 shape is first
 * computed in both layouts, forward and backward, once per process; where the results differ,
 * planes are used.
 */
final class ChannelsLast {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelsLast.class);
  private static final Shape NO_DILATION = new Shape(1, 1);

  /** Well above the rounding of long sums in another order, well below a missing summand. */
  private static final float TOLERANCE = 1e-3f;

  private static final Map<Problem, Boolean> SOUND = new ConcurrentHashMap<>();

  private ChannelsLast() {}

  /** All that determines which kernel computes a convolution. */
  record Problem(Shape input, Shape weight, int stride, int groups) {
    Shape padding() {
      return new Shape(
          Convolution.padding((int) weight.get(2)), Convolution.padding((int) weight.get(3)));
    }
  }

  /** A differentiable convolution in its input's layout. */
  interface Kernel {
    NDArray convolve(Problem problem, NDArray weight, NDArray bias, NDArray x);
  }

  /**
   * Convolves an array.
   *
   * @param bias (out), or null for none
   * @param x (N,in,H,W)
   * @return (N,out,H',W'), channels last
   */
  static NDArray convolve(Convolution layer, NDArray weight, NDArray bias, NDArray x) {
    Problem problem = new Problem(x.getShape(), weight.getShape(), layer.stride(), layer.groups());
    boolean sound =
        x.getDataType() != DataType.FLOAT32
            || SOUND.computeIfAbsent(
                problem, p -> isSound(p, ChannelsLast::engine, x.getManager()));
    return sound ? engine(problem, weight, bias, x) : byPlanes(problem, weight, bias, x);
  }

  /** The convolution computed with planes: slower, but correct everywhere. */
  static NDArray byPlanes(Problem problem, NDArray weight, NDArray bias, NDArray x) {
    try (NDArray planes = toPlanes(x);
        NDArray y = engine(problem, weight, bias, planes)) {
      return fromPlanes(y);
    }
  }

  /** The engine's convolution. */
  static NDArray engine(Problem problem, NDArray weight, NDArray bias, NDArray x) {
    return JniUtils.convolution(
        (PtNDArray) x,
        (PtNDArray) weight,
        (PtNDArray) bias,
        new Shape(problem.stride(), problem.stride()),
        problem.padding(),
        NO_DILATION,
        problem.groups());
  }

  /** A contiguous copy: channels as planes. */
  static NDArray toPlanes(NDArray x) {
    Shape shape = x.getShape();
    try (NDArray flat = x.reshape(shape.get(0), -1)) {
      return flat.reshape(shape);
    }
  }

  /** A channels-last copy. */
  static NDArray fromPlanes(NDArray x) {
    try (NDArray view = x.transpose(0, 2, 3, 1);
        NDArray flat = view.reshape(x.getShape().get(0), -1);
        NDArray last = flat.reshape(view.getShape())) {
      return last.transpose(0, 3, 1, 2);
    }
  }

  /** Whether a kernel's results with channels last agree with the engine's with planes. */
  static boolean isSound(Problem problem, Kernel kernel, NDManager parent) {
    try (NDManager manager = parent.newSubManager()) {
      NDArray planes = waves(manager, problem.input());
      NDArray last = fromPlanes(planes);
      NDArray[] expected = outcome(problem, ChannelsLast::engine, planes);
      NDArray[] found = outcome(problem, kernel, last);
      for (int i = 0; i < expected.length; i++) {
        if (!agree(expected[i], found[i])) {
          LOG.info(
              "the engine's fast convolution of {} with {} is wrong on this processor; its slower one is used",
              problem.input(),
              problem.weight());
          return false;
        }
      }
      return true;
    }
  }

  /** The output and the gradients of input and weight. */
  private static NDArray[] outcome(Problem problem, Kernel kernel, NDArray x) {
    NDManager manager = x.getManager();
    NDArray input = JniUtils.detachGradient((PtNDArray) x);
    NDArray weight = waves(manager, problem.weight());
    input.setRequiresGradient(true);
    weight.setRequiresGradient(true);
    NDArray y = kernel.convolve(problem, weight, null, input);
    NDArray gradient = waves(manager, y.getShape());
    JniUtils.backward((PtNDArray) y, (PtNDArray) gradient, false, false);
    return new NDArray[] {y, input.getGradient(), weight.getGradient()};
  }

  /** Numbers from −1 to 1 without a period. */
  private static NDArray waves(NDManager manager, Shape shape) {
    return manager.arange(0f, (float) shape.size(), 1f).mul(0.7f).sin().reshape(shape);
  }

  static boolean agree(NDArray expected, NDArray found) {
    float scale = expected.abs().max().getFloat();
    return expected.sub(found).abs().max().getFloat() <= TOLERANCE * scale;
  }
}
