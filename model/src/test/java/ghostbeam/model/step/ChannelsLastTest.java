package ghostbeam.model.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.network.Convolution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelsLastTest {
  private static final int IMAGES = 16;

  private final NDManager manager = NDManager.newBaseManager();

  @BeforeEach
  void record() {
    JniUtils.setGradMode(true);
  }

  @AfterEach
  void close() {
    JniUtils.setGradMode(false);
    manager.close();
  }

  /** The families' widths, including those that were wrong on some processor. */
  @ParameterizedTest
  @CsvSource({
    "3, 16, 3, 2, 1, 32",
    "16, 8, 1, 1, 1, 20",
    "8, 8, 3, 1, 8, 20",
    "24, 36, 1, 1, 1, 14",
    "36, 36, 3, 1, 36, 14",
    "24, 40, 1, 1, 1, 14",
    "72, 72, 5, 2, 72, 14",
    "80, 100, 1, 1, 1, 14",
    "40, 72, 1, 1, 1, 28",
    "480, 80, 1, 1, 1, 7",
    "672, 672, 5, 2, 672, 14",
    "160, 960, 1, 1, 1, 7"
  })
  void sumsRightForwardAndBackward(int in, int out, int kernel, int stride, int groups, int side) {
    sumsRight(new Convolution("layer", in, out, kernel, stride, groups), side);
  }

  @Test
  void sumsRightAlongRowsAndAlongColumns() {
    sumsRight(new Convolution("row", 72, 72, 1, 5, 1, 72), 14);
    sumsRight(new Convolution("column", 72, 72, 5, 1, 1, 72), 14);
    sumsRight(new Convolution("column", 184, 184, 5, 1, 1, 184), 3);
  }

  private void sumsRight(Convolution layer, int side) {
    NDArray[] single = run(layer, DataType.FLOAT32, side);
    NDArray[] proof = run(layer, DataType.FLOAT64, side);
    for (int i = 0; i < proof.length; i++) {
      double scale = proof[i].abs().max().getDouble();
      NDArray error = proof[i].sub(single[i].toType(DataType.FLOAT64, false)).abs().max();
      assertEquals(0, error.getDouble() / scale, 1e-4, "output " + i);
    }
  }

  /** The fallback for wrong fast kernels. */
  @ParameterizedTest
  @CsvSource({"24, 36, 1, 1, 1, 14", "72, 72, 5, 2, 72, 14", "3, 16, 3, 2, 1, 32"})
  void givesTheSameWithPlanes(int in, int out, int kernel, int stride, int groups, int side) {
    Convolution layer = new Convolution("layer", in, out, kernel, stride, groups);
    NDArray[] planes = run(layer, DataType.FLOAT32, side, ChannelsLast::byPlanes);
    NDArray[] proof = run(layer, DataType.FLOAT64, side, ChannelsLast::engine);
    for (int i = 0; i < proof.length; i++) {
      double scale = proof[i].abs().max().getDouble();
      NDArray error = proof[i].sub(planes[i].toType(DataType.FLOAT64, false)).abs().max();
      assertEquals(0, error.getDouble() / scale, 1e-4, "output " + i);
    }
  }

  /** A kernel that omits one channel's contribution, only in forward or only in a gradient. */
  @Test
  void noticesAWrongKernel() {
    ChannelsLast.Problem problem =
        new ChannelsLast.Problem(new Shape(4, 24, 7, 7), new Shape(36, 24, 1, 1), 1, 1);

    assertTrue(ChannelsLast.isSound(problem, ChannelsLast::engine, manager));
    assertTrue(ChannelsLast.isSound(problem, ChannelsLast::byPlanes, manager));
    assertFalse(
        ChannelsLast.isSound(
            problem,
            (p, weight, bias, x) -> {
              NDArray lost = weight.get(":, 23:").mul(0.1f);
              NDArray kept = weight.get(":, :23").concat(lost, 1);
              return ChannelsLast.engine(p, kept, bias, x);
            },
            manager));
    assertFalse(
        ChannelsLast.isSound(
            problem,
            (p, weight, bias, x) -> {
              // The sum is correct, but a tenth of it has no gradient.
              NDArray fixed = JniUtils.detachGradient((PtNDArray) x.mul(0.1f));
              return ChannelsLast.engine(p, weight, bias, x.mul(0.9f).add(fixed));
            },
            manager));
  }

  private NDArray[] run(Convolution layer, DataType type, int side) {
    return run(
        layer,
        type,
        side,
        (problem, weight, bias, x) -> ChannelsLast.convolve(layer, weight, bias, x));
  }

  private NDArray[] run(
      Convolution layer, DataType type, int side, ChannelsLast.Kernel convolution) {
    NDArray x =
        ChannelsLast.fromPlanes(waves(type, new Shape(IMAGES, layer.in(), side, side), 0.3f));
    NDArray weight =
        waves(
            type, new Shape(layer.out(), layer.inPerGroup(), layer.height(), layer.width()), 0.9f);
    x = JniUtils.detachGradient((PtNDArray) x);
    x.setRequiresGradient(true);
    weight.setRequiresGradient(true);
    ChannelsLast.Problem problem =
        new ChannelsLast.Problem(x.getShape(), weight.getShape(), layer.stride(), layer.groups());
    NDArray y = convolution.convolve(problem, weight, null, x);
    JniUtils.backward((PtNDArray) y, (PtNDArray) waves(type, y.getShape(), 0.5f), false, false);
    return new NDArray[] {y, x.getGradient(), weight.getGradient()};
  }

  private NDArray waves(DataType type, Shape shape, float speed) {
    // The same float32 numbers for any type.
    NDArray steps = manager.arange(0f, (float) shape.size(), 1f);
    return steps.mul(speed).sin().toType(type, false).reshape(shape);
  }

  @Test
  void changesLayoutsBackAndForth() {
    NDArray planes = waves(DataType.FLOAT32, new Shape(2, 3, 4, 5), 1);

    NDArray last = ChannelsLast.fromPlanes(planes);

    assertEquals(planes, last);
    assertEquals(planes, ChannelsLast.toPlanes(last));
  }

  @Test
  void noticesAMissingSummand() {
    NDArray sums = waves(DataType.FLOAT32, new Shape(2, 3, 4, 4), 1);
    NDArray wrong = sums.duplicate();
    wrong.set(new ai.djl.ndarray.index.NDIndex("1,2,3,3"), 0.5f);

    assertTrue(ChannelsLast.agree(sums, sums.mul(1.00001f)));
    assertFalse(ChannelsLast.agree(sums, wrong));
  }
}
