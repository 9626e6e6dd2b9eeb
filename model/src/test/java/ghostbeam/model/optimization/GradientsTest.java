package ghostbeam.model.optimization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.recipe.Optimization;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.TensorSpec.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GradientsTest {
  /** From model/src/sample/python/make_optimization.py, for PyTorch 1.13's clip_grad_norm_. */
  private static final String CLIPPED =
      """
      {"lr": 0.1, "momentum": 0.9, "wd": 0.01, "clip": 1.0, "starts": [[2.0, -1.0], [0.5]]\
            , "steps": [[[[3.0, 0.25], [-1.0]], [[1.0, -0.75], [2.0]]], [[[0.125, 0.0], [0.25]], [[-0.25, 0.5], [0.0]], [[0.5, -0.125], [0.75]]], [[[-8.0, 4.0], [16.0]]], [[[0.001, 0.0], [0.0]], [[-0.001, 0.0], [0.0001]]]]\
            , "norms": [2.0766559657295187, 0.377307714089059, 18.33030277982336, 5e-05]\
            , "values": [[[1.9016913639081738, -0.9869614204885218], [0.47542284097704346]], [[1.798811900061622, -0.9867397375077028], [0.41949464168207223]], [[1.7480651463659103, -1.0073752709205812], [0.2814526163424236]], [[1.7006450028934037, -1.0249398757212511], [0.15692834092039737]]]\
            , "ema_decay": 0.25, "ema": [[[1.9195656613794148, -0.9893320713087905], [0.4798914153448537]], [[1.8290003403910702, -0.9873878209579747], [0.4345938350977676]], [[1.7682989448722002, -1.0023784084299296], [0.3197379210312596]], [[1.7175584883881028, -1.019299508898421], [0.19763073594811292]]]}
      """;

  @ParameterizedTest
  @ValueSource(doubles = {1, 8})
  void areAccumulatedAndClippedLikePyTorchs(double lossScale) throws IOException {
    JsonNode row = new ObjectMapper().readTree(CLIPPED);
    Optimization how =
        Recipe.ORIGINAL.with(Optimization::clipNorm, row.get("clip").asDouble()).optimization();
    try (NDManager manager = NDManager.newBaseManager()) {
      List<Bucket> buckets =
          List.of(
              bucket(manager, Kind.DENSE, doubles(row.get("starts").get(0))),
              bucket(manager, Kind.BIAS, doubles(row.get("starts").get(1))));
      Gradients gradients = new Gradients(buckets);
      try (Optimizer optimizer =
              new Momentum(
                  buckets,
                  row.get("momentum").asDouble(),
                  row.get("wd").asDouble(),
                  WeightDecay.ALL_BUT_NORM);
          WeightAverage average =
              new WeightAverage(buckets, row.get("ema_decay").asDouble(), true)) {
        for (int step = 0; step < row.get("steps").size(); step++) {
          JsonNode batches = row.get("steps").get(step);
          for (JsonNode batch : batches) {
            for (int i = 0; i < 2; i++) {
              gather(buckets.get(i), doubles(batch.get(i)), lossScale / batches.size());
            }
            gradients.gather();
          }
          double norm = gradients.norm() / lossScale;
          assertEquals(row.get("norms").get(step).asDouble(), norm, 1e-14 * norm);
          gradients.scale(how.clipFactor(norm) / lossScale);
          optimizer.step(row.get("lr").asDouble(), gradients);
          gradients.clear();
          average.update();
          for (int i = 0; i < 2; i++) {
            String where = "step " + step + ", weight " + i;
            assertClose(row.get("values").get(step).get(i), buckets.get(i), where);
            assertClose(row.get("ema").get(step).get(i), average.averages().get(i), where);
          }
        }
      }
    }
  }

  private static void assertClose(JsonNode expected, Bucket actual, String where) {
    assertArrayEquals(doubles(expected), actual.values().toDoubleArray(), 1e-14, where);
  }

  /** A zero gradient has no direction and must not become NaN. */
  @ParameterizedTest
  @CsvSource({"0, 0", "1e-300, 0", "0.3, 0.39", "0.3, 0.4", "-3, 4", "3e150, 4e150"})
  void areClippedToTheLimitAndKeepTheirDirection(double x, double y) {
    double[] free = scaled(Recipe.ORIGINAL.optimization(), x, y);
    assertArrayEquals(new double[] {x, y}, free, "without a limit");
    double[] clipped =
        scaled(Recipe.ORIGINAL.with(Optimization::clipNorm, 0.5).optimization(), x, y);
    if (Math.hypot(x, y) < 0.4999) {
      assertArrayEquals(free, clipped);
    } else {
      double norm = Math.hypot(clipped[0], clipped[1]);
      assertTrue(norm <= 0.5, "norm " + norm);
      assertEquals(0.5, norm, 1e-6);
      assertEquals(x / y, clipped[0] / clipped[1], 1e-15);
    }
  }

  private static double[] scaled(Optimization how, double... gradient) {
    try (NDManager manager = NDManager.newBaseManager()) {
      Bucket bucket = bucket(manager, Kind.DENSE, new double[] {1, 2});
      Gradients gradients = new Gradients(List.of(bucket));
      gather(bucket, gradient, 1);
      gradients.gather();
      gradients.scale(how.clipFactor(gradients.norm()));
      return gradients.flat().get(0).toDoubleArray();
    }
  }

  /** In any bucket and batch. */
  @Test
  void haveNonFiniteNormWhereAnyIsNonFinite() {
    try (NDManager manager = NDManager.newBaseManager()) {
      List<Bucket> buckets =
          List.of(
              bucket(manager, Kind.DENSE, new double[] {1, 2}),
              bucket(manager, Kind.NORM_BIAS, new double[] {3}));
      for (double strange : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
        for (int batch = 0; batch < 2; batch++) {
          Gradients gradients = new Gradients(buckets);
          for (int i = 0; i < 2; i++) {
            gather(buckets.get(0), new double[] {1, 1}, 1);
            gather(buckets.get(1), new double[] {i == batch ? strange : 1}, 1);
            gradients.gather();
          }
          assertFalse(Double.isFinite(gradients.norm()), strange + " in batch " + batch);
          gradients.clear();
        }
      }
    }
  }

  private static Bucket bucket(NDManager manager, Kind kind, double[] start) {
    NDArray flat = manager.create(start).duplicate();
    NDArray value = flat.reshape(start.length);
    value.setRequiresGradient(true);
    TensorSpec spec = new TensorSpec(kind.name(), kind, List.of(start.length));
    return new Bucket(List.of(new Parameter(spec, value)), flat);
  }

  /** A backward pass that leaves this gradient, times a weight, on the bucket's parameter. */
  private static void gather(Bucket bucket, double[] gradient, double weight) {
    NDArray value = bucket.parameters().get(0).array();
    NDManager manager = value.getManager();
    JniUtils.setGradMode(true);
    try (NDArray factor = manager.create(gradient, new Shape(gradient.length));
        NDArray product = value.mul(factor);
        NDArray sum = product.sum();
        NDArray seed = sum.onesLike().mul(weight)) {
      JniUtils.backward((PtNDArray) sum, (PtNDArray) seed, false, false);
    }
    JniUtils.setGradMode(false);
  }

  private static double[] doubles(JsonNode numbers) {
    List<Double> all = new ArrayList<>();
    numbers.forEach(number -> all.add(number.asDouble()));
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
