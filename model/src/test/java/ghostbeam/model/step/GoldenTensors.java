package ghostbeam.model.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Compares training tensors with a fixture's, as closely as the precision allows. */
record GoldenTensors(DataType precision) {
  /** For float64; the fixtures have about ten digits. */
  private static final double EXACT = 1e-8;

  /** For float32, with any order of summation, in continuous functions of the inputs. */
  private static final double SINGLE = 2e-4;

  /** For the loss, which is a mean of few numbers. */
  private static final double SINGLE_LOSS = 1e-5;

  /**
   * For float32 gradients, which are not continuous: whether a ReLU whose input is within rounding
   * of zero passes its gradient depends on the processor's order of summation, and affects all
   * layers before it. Half an ulp in images and weights changes ghostnet-1x's gradients by 9e-6 or
   * by 4e-3 of their norm, s-ghostnet-b4's by 1e-2 to 2e-2, from one layer back to the first, and
   * single tensors by 5e-2. Float64 must meet {@link #EXACT}.
   */
  private static final double DISCONTINUOUS = 5e-2;

  /** The same for the gradient of a single tensor. */
  private static final double DISCONTINUOUS_TENSOR = 1e-1;

  boolean isExact() {
    return precision == DataType.FLOAT64;
  }

  private double relative() {
    return isExact() ? EXACT : SINGLE;
  }

  void checkLoss(JsonNode expected, double actual) {
    assertClose(expected, actual, isExact() ? EXACT : SINGLE_LOSS, "loss");
  }

  /** The loss's decrease so far follows discontinuous gradients. */
  double lossTolerance(JsonNode losses, int step) {
    double loss = losses.get(step).asDouble();
    return isExact()
        ? EXACT * loss
        : SINGLE_LOSS * loss + DISCONTINUOUS * Math.abs(losses.get(0).asDouble() - loss);
  }

  /** The norm of all gradients together. */
  void checkAllGradients(JsonNode expected, double norm) {
    assertClose(expected, norm, isExact() ? EXACT : DISCONTINUOUS, "all gradients");
  }

  void checkNorm(JsonNode expected, double norm, String where) {
    assertClose(expected, norm, relative(), where);
  }

  void checkGradients(JsonNode expected, Map<String, double[]> actual) {
    double tolerance = isExact() ? EXACT : DISCONTINUOUS_TENSOR;
    checkAll(expected, actual, name -> tolerance);
  }

  /** Checks tensors that were updated by discontinuous gradients. */
  void checkMoved(JsonNode expected, Map<String, double[]> start, Map<String, double[]> actual) {
    double tolerance = isExact() ? 0 : DISCONTINUOUS_TENSOR;
    checkAll(
        expected,
        actual,
        name -> {
          double[] moved = actual.get(name).clone();
          Arrays.setAll(moved, i -> moved[i] - start.get(name)[i]);
          return relative() + tolerance * norm(moved) / scale(expected.get(name));
        });
  }

  void check(JsonNode expected, Map<String, double[]> actual) {
    checkAll(expected, actual, name -> relative());
  }

  private void checkAll(
      JsonNode expected, Map<String, double[]> actual, ToDoubleFunction<String> tolerance) {
    assertTrue(expected.size() > 0, "the fixture has tensors");
    expected
        .properties()
        .forEach(
            row ->
                check(
                    row.getValue(),
                    actual.get(row.getKey()),
                    tolerance.applyAsDouble(row.getKey()),
                    row.getKey()));
  }

  private static double scale(JsonNode expected) {
    return Math.max(expected.get("l2").asDouble(), 1e-3);
  }

  private void check(JsonNode expected, double[] actual, double ofScale, String where) {
    double tolerance =
        expected.path("zero").asBoolean() ? relative() * 1e-1 : ofScale * scale(expected);
    assertEquals(expected.get("l2").asDouble(), norm(actual), tolerance, where);
    for (int i = 0; i < expected.get("head").size(); i++) {
      assertEquals(expected.get("head").get(i).asDouble(), actual[i], tolerance, where);
    }
  }

  private static void assertClose(
      JsonNode expected, double actual, double tolerance, String where) {
    assertEquals(expected.asDouble(), actual, tolerance * Math.abs(expected.asDouble()), where);
  }

  static double[] doubles(NDArray array) {
    return array.toType(DataType.FLOAT64, false).toDoubleArray();
  }

  static double norm(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }
}
