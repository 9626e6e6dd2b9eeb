package ghostbeam.model.step;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.checkpoint.OriginalNames;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.BatchShare;
import ghostbeam.model.input.Targets;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Momentum;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.Parameter;
import ghostbeam.model.optimization.RmsProp;
import ghostbeam.model.optimization.WeightAverage;
import ghostbeam.model.optimization.WeightDecay;
import ghostbeam.model.recipe.AmpLevel;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import ghostbeam.model.step.TrainingStep.Outcome;
import ghostbeam.model.tensor.TensorSpec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingStepTest {
  private static final Targets LABELS = Targets.of(11, 48, 85, 122);
  private static final BatchShare ALL = BatchShare.whole(LABELS.count());

  @BeforeEach
  void useTwoThreads() {
    Classifier.useThreads(2);
  }

  /** Float64 has no fast depthwise convolution, so only one network is tested with it. */
  @ParameterizedTest
  @CsvSource({"ghostnet_1x,FLOAT64", "sghostnet_b1,FLOAT32", "sghostnet_b4,FLOAT32"})
  void givesTheGoldenLossGradientsAndStatistics(String name, DataType precision) {
    JsonNode golden = Golden.read("train_" + name + ".json");
    GoldenTensors held = new GoldenTensors(precision);
    try (TrainingNetwork network = network(name, precision)) {
      TrainingStep step = step(network, momentum(network.buckets(), 0, 0, null));
      double loss = step.backward(images(golden, precision), LABELS, ALL, random());
      held.checkLoss(golden.get("loss"), loss);

      double squares = 0;
      Map<String, double[]> gradients = new HashMap<>();
      for (Parameter parameter : network.parameters()) {
        double[] gradient = GoldenTensors.doubles(parameter.gradient());
        squares += Math.pow(GoldenTensors.norm(gradient), 2);
        gradients.put(original(name, parameter.spec()), gradient);
      }
      held.checkAllGradients(golden.get("gradient_l2_all"), Math.sqrt(squares));
      held.checkGradients(golden.get("gradients"), gradients);
      held.check(golden.get("statistics_after_forward"), values(name, network));
    }
  }

  @Test
  void followsTheGoldenRunAndItsAverageInFloat64() {
    followRuns("ghostnet_1x", DataType.FLOAT64, "momentum");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ghostnet_1x", "sghostnet_b1"})
  void followsTheGoldenRunOfEveryOptimizer(String name) {
    followRuns(name, DataType.FLOAT32, "");
  }

  private void followRuns(String name, DataType precision, String only) {
    GoldenTensors held = new GoldenTensors(precision);
    JsonNode golden = Golden.read("train_" + name + ".json");
    int runs = 0;
    for (Map.Entry<String, JsonNode> run : golden.get("optimizers").properties()) {
      JsonNode spec = run.getValue().get("spec");
      if (spec.get("rule").asText().equals("all") || !run.getKey().startsWith(only)) {
        continue; // "all" decays everything, a bug of the framework that we do not reproduce
      }
      try (TrainingNetwork network = network(name, precision);
          Optimizer optimizer = optimizer(spec, network.buckets());
          WeightAverage average = new WeightAverage(network.buckets(), 0.9, false)) {
        TrainingStep step = step(network, optimizer);
        Map<String, double[]> start = values(name, network);
        for (int i = 0; i < 3; i++) {
          String where = run.getKey() + " step " + i;
          step.gather(images(golden, precision), LABELS, ALL, random());
          double loss = step.update(spec.get("lr").asDouble()).loss();
          average.update();
          double expectedLoss = run.getValue().get("losses").get(i).asDouble();
          assertEquals(
              expectedLoss, loss, held.lossTolerance(run.getValue().get("losses"), i), where);
          double squares =
              network.parameters().stream()
                  .mapToDouble(
                      p -> Math.pow(GoldenTensors.norm(GoldenTensors.doubles(p.array())), 2))
                  .sum();
          JsonNode expected = run.getValue().get("parameter_l2_after_step").get(i);
          held.checkNorm(expected, Math.sqrt(squares), where);
          // From the second step on, float32's noise is amplified: only losses and norms are
          // compared.
          if (run.getValue().has("after_step_" + (i + 1)) && (held.isExact() || i == 0)) {
            held.checkMoved(
                run.getValue().get("after_step_" + (i + 1)), start, values(name, network));
          }
        }
        if (run.getKey().equals("momentum") && held.isExact()) {
          Map<String, double[]> shadows = new HashMap<>();
          for (Bucket bucket : average.averages()) {
            for (Parameter tensor : bucket.parameters()) {
              shadows.put(original(name, tensor.spec()), GoldenTensors.doubles(tensor.array()));
            }
          }
          held.check(golden.get("ema").get("shadow"), shadows);
          held.check(golden.get("ema").get("raw"), values(name, network));
        }
      }
      runs++;
    }
    assertTrue(runs >= (only.isEmpty() ? 3 : 1), runs + " optimisers");
  }

  @Test
  void doesNotChangeWeightsWhereTheLossIsNotFinite() {
    JsonNode golden = Golden.read("train_ghostnet_1x.json");
    try (TrainingNetwork network = network("ghostnet_1x", DataType.FLOAT32)) {
      float[] before = network.weights().get("classifier.weight");
      TrainingStep step =
          step(network, momentum(network.buckets(), 0.9, 0, WeightDecay.ALL_BUT_NORM));
      Function<NDManager, NDArray> images = images(golden, DataType.FLOAT32);
      step.gather(manager -> images.apply(manager).mul(Float.NaN), LABELS, ALL, random());
      assertEquals(new Outcome(Double.NaN, false, Double.NaN), step.update(0.01));
      assertArrayEquals(before, network.weights().get("classifier.weight"));
    }
  }

  private static TrainingNetwork network(String name, DataType precision) {
    Architecture architecture = Golden.ARCHITECTURES.get(name).architecture(1000);
    return new TrainingNetwork(
        architecture, Golden.fill(architecture), precision, AmpLevel.O0, Regularization.ORIGINAL);
  }

  private static TrainingStep step(TrainingNetwork network, Optimizer optimizer) {
    return new TrainingStep(network, Recipe.ORIGINAL, optimizer, Collective.alone());
  }

  private static Function<NDManager, NDArray> images(JsonNode golden, DataType precision) {
    int size = golden.get("size").asInt();
    float[] image = Golden.image(golden.get("image_seed").asInt(), LABELS.count(), size);
    Shape planes = new Shape(LABELS.count(), 3, size, size);
    return manager ->
        manager
            .create(image, planes)
            .toType(precision, false)
            .transpose(0, 2, 3, 1)
            .reshape(LABELS.count(), -1)
            .reshape(LABELS.count(), size, size, 3);
  }

  private static SplittableRandom random() {
    return new SplittableRandom(0);
  }

  private static Optimizer optimizer(JsonNode spec, List<Bucket> buckets) {
    WeightDecay rule =
        spec.get("rule").asText().equals("matrix")
            ? WeightDecay.MATRICES
            : WeightDecay.ALL_BUT_NORM;
    double decay = spec.get("wd").asDouble();
    double momentum = spec.get("momentum").asDouble();
    return spec.get("kind").asText().equals("rmsprop")
        ? new RmsProp(
            buckets,
            momentum,
            spec.get("eps").asDouble(),
            spec.get("ms_init").asDouble(),
            decay,
            rule)
        : momentum(buckets, momentum, decay, rule);
  }

  private static Optimizer momentum(
      List<Bucket> buckets, double momentum, double decay, WeightDecay rule) {
    return new Momentum(buckets, momentum, decay, rule);
  }

  private static Map<String, double[]> values(String name, TrainingNetwork network) {
    Map<String, double[]> values = new LinkedHashMap<>();
    for (Parameter tensor : network.tensors()) {
      values.put(original(name, tensor.spec()), GoldenTensors.doubles(tensor.array()));
    }
    return values;
  }

  private static String original(String name, TensorSpec spec) {
    return OriginalNames.of(spec.name(), Golden.ARCHITECTURES.get(name).architecture(1000));
  }
}
