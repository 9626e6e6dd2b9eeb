package ghostbeam.model.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.golden.Timm;
import ghostbeam.model.inference.Classifier;
import ghostbeam.model.input.BatchShare;
import ghostbeam.model.input.Targets;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Momentum;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.Parameter;
import ghostbeam.model.optimization.WeightDecay;
import ghostbeam.model.recipe.AmpLevel;
import ghostbeam.model.recipe.MixedPrecision;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three steps of momentum on one batch, compared with PyTorch and timm's definition in float64: the
 * loss, gradients and statistics, and the following losses.
 */
class TimmTrainingTest {
  /** Even in float64, PyTorch's hard sigmoid multiplies by float32's 1/6. */
  private static final double EXACT = 1e-7;

  private static final Targets LABELS = Targets.of(11, 48, 85, 122);
  private static final BatchShare ALL = BatchShare.whole(LABELS.count());

  /**
   * For float32: batch norm over four numbers, as in the last attention here, amplifies rounding.
   */
  private static final double SINGLE = 2e-2;

  private double relative;

  @BeforeEach
  void useOneThread() {
    Classifier.useThreads(1);
  }

  /** Float64 has no fast depthwise convolution, so only two networks are tested. */
  @ParameterizedTest
  @EnumSource(Timm.class)
  void learnsLikeTimmsNetwork(Timm timm) {
    relative = EXACT;
    boolean steps = timm == Timm.GHOSTNET_050 || timm == Timm.GHOSTNETV2_100;
    learn(timm, DataType.FLOAT64, steps ? 3 : 0);
  }

  @ParameterizedTest
  @EnumSource(AmpLevel.class)
  void everyPrecisionIsNearTimm(AmpLevel level) {
    JsonNode golden = Timm.GHOSTNETV2_100.golden().get("training");
    relative = SINGLE;
    try (TrainingNetwork network = network(Timm.GHOSTNETV2_100, DataType.FLOAT32, level)) {
      TrainingStep step = step(network, null);
      Function<NDManager, NDArray> images = images(golden, DataType.FLOAT32);
      double loss = step.backward(images, LABELS, ALL, new SplittableRandom(0));
      assertClose(golden.get("losses").get(0), loss, "loss");
      assertClose(golden.get("gradient_l2_all"), gradients(network), "all gradients");
    }
  }

  private void learn(Timm timm, DataType precision, int steps) {
    JsonNode golden = timm.golden().get("training");
    try (TrainingNetwork network = network(timm, precision, AmpLevel.O0);
        Optimizer optimizer =
            new Momentum(network.buckets(), 0.9, 0.01, WeightDecay.ALL_BUT_NORM)) {
      TrainingStep step = step(network, optimizer);
      Function<NDManager, NDArray> images = images(golden, precision);
      SplittableRandom random = new SplittableRandom(0);
      Map<String, Parameter> tensors =
          network.tensors().stream()
              .collect(Collectors.toMap(each -> each.spec().name(), Function.identity()));

      assertClose(golden.get("losses").get(0), step.backward(images, LABELS, ALL, random), "loss");
      assertClose(golden.get("gradient_l2_all"), gradients(network), "all gradients");
      check(golden.get("gradients"), name -> tensors.get(name).gradient());
      check(golden.get("statistics_after_forward"), name -> tensors.get(name).array());

      network.buckets().stream().filter(Bucket::trainable).forEach(Bucket::clearGradients);
      for (int i = 0; i < steps; i++) {
        step.gather(images, LABELS, ALL, random);
        double loss = step.update(0.01).loss();
        assertClose(golden.get("losses").get(i), loss, "loss before step " + i);
      }
      if (steps > 0) {
        double last = step.backward(images, LABELS, ALL, random);
        assertClose(golden.get("losses").get(steps), last, "loss after all steps");
      }
    }
  }

  private static TrainingNetwork network(Timm timm, DataType precision, AmpLevel level) {
    Architecture architecture = timm.preset().architecture(1000);
    return new TrainingNetwork(
        architecture, Golden.fill(architecture), precision, level, Regularization.ORIGINAL);
  }

  private static TrainingStep step(TrainingNetwork network, Optimizer optimizer) {
    Recipe unscaled = Recipe.ORIGINAL.with(MixedPrecision::lossScale, 1.0);
    return new TrainingStep(network, unscaled, optimizer, Collective.alone());
  }

  /** The norm over all gradients. */
  private static double gradients(TrainingNetwork network) {
    return network.parameters().stream()
        .mapToDouble(parameter -> norm(doubles(parameter.gradient())))
        .reduce(0, Math::hypot);
  }

  private static Function<NDManager, NDArray> images(JsonNode golden, DataType precision) {
    int size = golden.get("size").asInt();
    float[] image = Golden.image(golden.get("image_seed").asInt(), LABELS.count(), size);
    return manager ->
        manager
            .create(image, new Shape(LABELS.count(), 3, size, size))
            .toType(precision, false)
            .transpose(0, 2, 3, 1)
            .reshape(LABELS.count(), -1)
            .reshape(LABELS.count(), size, size, 3);
  }

  private void check(JsonNode rows, Function<String, NDArray> arrays) {
    assertTrue(rows.size() > 4, "the fixture has tensors");
    for (JsonNode row : rows) {
      String name = row.get("name").asText();
      double[] actual = doubles(arrays.apply(name));
      assertClose(row.get("l2"), norm(actual), name);
      double tolerance = relative * row.get("l2").asDouble();
      for (int i = 0; i < row.get("head").size(); i++) {
        assertEquals(row.get("head").get(i).asDouble(), actual[i], tolerance, name);
      }
    }
  }

  private void assertClose(JsonNode expected, double actual, String where) {
    assertEquals(expected.asDouble(), actual, relative * expected.asDouble(), where);
  }

  private static double[] doubles(NDArray array) {
    return array.toType(DataType.FLOAT64, false).toDoubleArray();
  }

  private static double norm(double[] values) {
    return Math.sqrt(DoubleStream.of(values).map(value -> value * value).sum());
  }
}
