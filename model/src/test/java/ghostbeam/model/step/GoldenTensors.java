package ghostbeam.model.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Holds tensors of a training to a fixture's, as closely as a precision allows. */
record GoldenTensors(DataType precision) {
  /** The fixtures are float64 to about ten digits; so are we, in float64. */
  private static final double EXACT = 1e-8;

  /** Of float32, whatever the order of its sums, in what is a continuous function of the inputs. */
  private static final double SINGLE = 2e-4;

  /** Of the loss, which is a mean of few numbers. */
  private static final double SINGLE_LOSS = 1e-5;

  /**
   * Of float32's gradients, which are no continuous function: a ReLU whose input lies within
   * rounding of zero lets its gradient pass or not, and all layers before it see that. Which do is
   * for the processor's order of sums to say. Half an ulp more or less in images and weights
   * changes all gradients of ghostnet-1x by 9e-6 or by 4e-3 of their norm, of s-ghostnet-b4 by 1e-2
   * to 2e-2, from one layer back to the first, and single tensors by 5e-2. Float64 has no such
   * luck: it is held to {@link #EXACT}.
   */
  private static final double KINKS = 5e-2;

  /** The same of the gradient of a single tensor. */
  private static final double KINKS_OF_A_TENSOR = 1e-1;

  boolean isExact() {
    return precision == DataType.FLOAT64;
  }

  private double relative() {
    return isExact() ? EXACT : SINGLE;
  }

  void checkLoss(JsonNode expected, double actual) {
    assertClose(expected, actual, isExact() ? EXACT : SINGLE_LOSS, "loss");
  }

  /** What learning has taken off the loss, is taken off along gradients with kinks. */
  double lossTolerance(JsonNode losses, int step) {
    double loss = losses.get(step).asDouble();
    return isExact()
        ? EXACT * loss
        : SINGLE_LOSS * loss + KINKS * Math.abs(losses.get(0).asDouble() - loss);
  }

  /** The norm of all gradients together. */
  void checkAllGradients(JsonNode expected, double norm) {
    assertClose(expected, norm, isExact() ? EXACT : KINKS, "all gradients");
  }

  void checkNorm(JsonNode expected, double norm, String where) {
    assertClose(expected, norm, relative(), where);
  }

  void checkGradients(JsonNode expected, Map<String, double[]> actual) {
    double kinks = isExact() ? EXACT : KINKS_OF_A_TENSOR;
    checkAll(expected, actual, name -> kinks);
  }

  /** What a gradient with kinks has moved. */
  void checkMoved(JsonNode expected, Map<String, double[]> start, Map<String, double[]> actual) {
    double kinks = isExact() ? 0 : KINKS_OF_A_TENSOR;
    checkAll(
        expected,
        actual,
        name -> {
          double[] moved = actual.get(name).clone();
          Arrays.setAll(moved, i -> moved[i] - start.get(name)[i]);
          return relative() + kinks * norm(moved) / scale(expected.get(name));
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
