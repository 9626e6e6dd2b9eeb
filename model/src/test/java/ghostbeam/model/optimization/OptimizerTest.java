package ghostbeam.model.optimization;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.TensorSpec.Kind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizerTest {

  @ParameterizedTest
  @ValueSource(doubles = {1, 8, 0.25})
  void followsEveryGoldenTraceAndItsAverageAtAnyScaleOfTheLoss(double lossScale) {
    for (JsonNode row : Golden.read("optimizer_traces.json")) {
      try (NDManager manager = NDManager.newBaseManager()) {
        follow(row, lossScale, manager);
      }
    }
  }

  private static void follow(JsonNode row, double lossScale, NDManager manager) {
    NDArray flat = manager.create(new double[] {row.get("start").asDouble()}, new Shape(1));
    NDArray value = flat.reshape(1);
    value.setRequiresGradient(true);
    Parameter parameter = new Parameter(new TensorSpec("w", Kind.CONVOLUTION, List.of(1)), value);
    List<Bucket> buckets = List.of(new Bucket(List.of(parameter), flat));
    try (Optimizer optimizer = optimizer(row, buckets);
        WeightAverage average = new WeightAverage(buckets, row.get("ema_decay").asDouble())) {
      for (int i = 0; i < row.get("gradients").size(); i++) {
        gather(value, row.get("gradients").get(i).asDouble() * lossScale, manager);
        JniUtils.setGradMode(false);
        optimizer.step(row.get("lr").asDouble(), lossScale, gradient -> {});
        average.update();
        parameter.clearGradient();
        double expected = row.get("values").get(i).asDouble();
        assertEquals(expected, value.toDoubleArray()[0], 1e-12, row.get("optimizer").asText());
        assertEquals(
            row.get("ema").get(i).asDouble(),
            average.averages().get(0).values().toDoubleArray()[0],
            1e-12);
      }
    }
  }

  private static Optimizer optimizer(JsonNode row, List<Bucket> buckets) {
    double momentum = row.get("momentum").asDouble();
    double decay = row.get("wd").asDouble();
    return row.get("optimizer").asText().equals("momentum")
        ? new Optimizer.Momentum(buckets, momentum, decay, WeightDecay.MATRICES)
        : new Optimizer.RmsProp(
            buckets,
            momentum,
            row.get("eps").asDouble(),
            row.get("ms_init").asDouble(),
            decay,
            WeightDecay.MATRICES);
  }

  private static void gather(NDArray value, double gradient, NDManager manager) {
    JniUtils.setGradMode(true);
    try (NDArray factor = manager.create(new double[] {gradient}, new Shape(1));
        NDArray product = value.mul(factor);
        NDArray sum = product.sum();
        NDArray one = sum.onesLike()) {
      JniUtils.backward((PtNDArray) sum, (PtNDArray) one, false, false);
    }
  }
}
