package ghostbeam.model.optimization;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.tensor.TensorSpec;
import ghostbeam.model.tensor.TensorSpec.Kind;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizerTest {
  /** From model/src/sample/python/make_optimization.py, for PyTorch 1.13's AdamW. */
  private static final String ADAMW =
      """
      {"optimizer": "adamw", "lr": 0.1, "momentum": 0.9, "eps": 1e-08, "wd": 0.01, "start": 2.0, "gradients": [0.5, -0.25, 1.0, 0.125, -2.0]\
            , "values": [1.8980000019999999, 1.8694682987058464, 1.8017876713763838, 1.7400882105280597, 1.760372596961422]\
            , "ema_decay": 0.9, "ema": [1.9898000002, 1.9777668300505846, 1.9601689141831644, 1.9381608438176539, 1.9203820191320307]}
      {"optimizer": "adamw", "lr": 0.01, "momentum": 0.5, "eps": 0.001, "wd": 0.2, "start": -1.5, "gradients": [0.001, -4.0, 0.0, 0.5, 3.0]\
            , "values": [-1.5019999999999998, -1.489574775485281, -1.4816496689222953, -1.4773640085316961, -1.4807223792574886]\
            , "ema_decay": 0.99, "ema": [-1.50002, -1.4999155477548527, -1.4997328889665271, -1.4995092001621788, -1.499321331953132]}
      """;

  @ParameterizedTest
  @ValueSource(doubles = {1, 8, 0.25})
  void followsEveryGoldenTraceAndItsAverageAtAnyLossScale(double lossScale) {
    for (JsonNode row : Golden.read("optimizer_traces.json")) {
      try (NDManager manager = NDManager.newBaseManager()) {
        follow(row, lossScale, manager);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 8})
  void followsPyTorchsAdamW(double lossScale) throws IOException {
    for (String line : ADAMW.lines().toList()) {
      try (NDManager manager = NDManager.newBaseManager()) {
        follow(new ObjectMapper().readTree(line), lossScale, manager);
      }
    }
  }

  /** Only matrices decay: a bias or norm parameter without gradient does not change. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void adamWDecaysOnlyMatrices(Kind kind) {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray flat = manager.create(new double[] {2}, new Shape(1));
      NDArray value = flat.reshape(1);
      if (kind.trainable()) {
        value.setRequiresGradient(true);
        gather(value, 0, manager);
      }
      List<Bucket> buckets =
          List.of(
              new Bucket(
                  List.of(new Parameter(new TensorSpec("w", kind, List.of(1)), value)), flat));
      try (Optimizer optimizer = new AdamW(buckets, 0.9, 1e-8, 0.1)) {
        JniUtils.setGradMode(false);
        Gradients gradients = new Gradients(buckets);
        gradients.gather();
        optimizer.step(0.5, gradients);
      }
      boolean matrix = kind == Kind.CONVOLUTION || kind == Kind.DENSE;
      assertEquals(matrix ? 2 * 0.95 : 2, flat.toDoubleArray()[0], 1e-15);
    }
  }

  private static void follow(JsonNode row, double lossScale, NDManager manager) {
    NDArray flat = manager.create(new double[] {row.get("start").asDouble()}, new Shape(1));
    NDArray value = flat.reshape(1);
    value.setRequiresGradient(true);
    Parameter parameter = new Parameter(new TensorSpec("w", Kind.CONVOLUTION, List.of(1)), value);
    List<Bucket> buckets = List.of(new Bucket(List.of(parameter), flat));
    Gradients gradients = new Gradients(buckets);
    try (Optimizer optimizer = optimizer(row, buckets);
        WeightAverage average =
            new WeightAverage(buckets, row.get("ema_decay").asDouble(), false)) {
      for (int i = 0; i < row.get("gradients").size(); i++) {
        gather(value, row.get("gradients").get(i).asDouble() * lossScale, manager);
        JniUtils.setGradMode(false);
        gradients.gather();
        gradients.scale(1 / lossScale);
        optimizer.step(row.get("lr").asDouble(), gradients);
        gradients.clear();
        average.update();
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
    double epsilon = row.path("eps").asDouble();
    return switch (row.get("optimizer").asText()) {
      case "momentum" -> new Momentum(buckets, momentum, decay, WeightDecay.MATRICES);
      case "adamw" -> new AdamW(buckets, momentum, epsilon, decay);
      case "rmsprop" -> {
        double start = row.get("ms_init").asDouble();
        yield new RmsProp(buckets, momentum, epsilon, start, decay, WeightDecay.MATRICES);
      }
      default -> throw new AssertionError("no optimiser for " + row);
    };
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
