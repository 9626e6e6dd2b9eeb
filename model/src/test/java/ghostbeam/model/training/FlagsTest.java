package ghostbeam.model.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.checkpoint.CheckpointInfo;
import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.failure.Advice;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.image.Interpolation;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.recipe.Bookkeeping;
import ghostbeam.model.storage.Storage;
import ghostbeam.model.tensor.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each of the recipe's settings changes what it should, and nothing else. */
final class FlagsTest {
  private static final String CONVOLUTION = "blocks.3.0.ghost1.primary_conv.0.weight";

  @TempDir static Path root;
  @TempDir Path folder;

  private static Weights usual;

  @BeforeAll
  static void trainAsUsual() throws Exception {
    TinyTraining.writeData(root);
    TinyTraining.run(Storage.local(), root, root.resolve("usual"), TinyTraining.SPEC, false);
    usual = TinyTraining.checkpoint(root.resolve("usual"), "epoch-0002").weights();
  }

  private Path train(String... fieldsAndValues) throws IOException, InterruptedException {
    TrainingSpec spec = TinyTraining.SPEC;
    for (int i = 0; i < fieldsAndValues.length; i += 2) {
      spec = TinyTraining.with(spec, fieldsAndValues[i], fieldsAndValues[i + 1]);
    }
    Path output = folder.resolve(String.join("_", fieldsAndValues).replaceAll("\\W", "-"));
    TinyTraining.run(Storage.local(), root, output, spec, false);
    return output;
  }

  private Path train(TrainingSpec spec, Bookkeeping bookkeeping)
      throws IOException, InterruptedException {
    Path output = folder.resolve("kept");
    TinyTraining.run(
        Storage.local(), TinyTraining.job(spec, root, output).with(bookkeeping).withCores(2));
    return output;
  }

  /** Every setting that determines weights has an effect on them. */
  @ParameterizedTest
  @CsvSource({
    "batchSize, 6",
    "accumulate, 2",
    "clipNorm, 0.01",
    "momentum, 0.5",
    "weightDecay, 0",
    "lrDecayStyle, '\"cosine_step\"'",
    "lrDecayStyle, '\"one_cycle\"'",
    "lr, 0.02",
    "lrMax, 0.06",
    "lrEnd, 0.01",
    "warmupEpochs, 0",
    "smoothing, 0",
    "drop, 0.3",
    "dropPath, 0.9",
    "ampLevel, '\"O2\"'",
    "ampLevel, '\"O3\"'",
    "autoaugment, true",
    "colorJitter, 0.5",
    "randAugment, '\"2,9\"'",
    "randomErasing, 0.5",
    "mixup, 0.2",
    "cutmix, 1",
    "cropScale, 0.9",
    "interpolation, '\"opencv\"'",
    "dropTail, false",
    "opt, '\"rmsprop\"'",
    "opt, '\"sgd\"'",
    "opt, '\"adamw\"'",
    "seed, 2",
  })
  void affectsTheWeights(String field, String value) throws Exception {
    Weights weights = TinyTraining.checkpoint(train(field, value), "epoch-0002").weights();
    assertFalse(Arrays.equals(usual.get(CONVOLUTION), weights.get(CONVOLUTION)), field);
    for (float weight : weights.get(CONVOLUTION)) {
      assertTrue(Float.isFinite(weight));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "warmupLr, 0.002, '\"cosine_step\"'",
    "decayRate, 0.1, '\"cosine_step\"'",
    "decayEpochs, 5, '\"cosine_step\"'",
    "lr, 0.03, '\"cosine_step\"'",
  })
  void affectsTheWeightsWithCosineStep(String field, String value, String style) throws Exception {
    Path before = train("lrDecayStyle", style);
    Path after = train("lrDecayStyle", style, field, value);
    assertFalse(
        Arrays.equals(
            TinyTraining.checkpoint(before, "epoch-0002").weights().get(CONVOLUTION),
            TinyTraining.checkpoint(after, "epoch-0002").weights().get(CONVOLUTION)));
  }

  @Test
  void rmspropsEpsilonShortensItsSteps() throws Exception {
    Weights start = TinyTraining.network(2).initialWeights(1);
    double small = moved(start, train("opt", "\"rmsprop\"", "optEps", "0.01"));
    double large = moved(start, train("opt", "\"rmsprop\"", "optEps", "100"));
    assertTrue(large < small / 2, large + " against " + small);
  }

  private static double moved(Weights start, Path output) throws IOException {
    float[] before = start.get(CONVOLUTION);
    float[] after = TinyTraining.checkpoint(output, "epoch-0002").weights().get(CONVOLUTION);
    double squares = 0;
    for (int i = 0; i < before.length; i++) {
      squares += Math.pow(after[i] - before[i], 2);
    }
    return Math.sqrt(squares);
  }

  @Test
  void smoothingRaisesTheFirstLossByItsDefinition() throws Exception {
    double plain = firstLoss(train("smoothing", "0"));
    double half = firstLoss(train("smoothing", "0.5"));
    // With two classes, smoothing of a half weighs both equally: at least the entropy of a coin.
    assertTrue(half >= Math.log(2) - 1e-6, half + "");
    assertNotEquals(plain, half);
    double quarter = firstLoss(train("smoothing", "0.25"));
    // On the same logits, the loss is linear in the smoothing.
    assertEquals((plain + half) / 2, quarter, 1e-4);
  }

  private static double firstLoss(Path output) throws IOException {
    return TinyTraining.log(output, false).get(0).get("loss").asDouble();
  }

  @Test
  void averagesDecayAtTheGivenRate() throws Exception {
    Path none = train("emaDecay", "0");
    assertEquals(List.of("best", "epoch-0001", "epoch-0002"), TinyTraining.checkpoints(none));
    assertFalse(TinyTraining.log(none, true).get(0).has("emaTop1"));
    assertArrayEquals(
        usual.get(CONVOLUTION),
        TinyTraining.checkpoint(none, "epoch-0002").weights().get(CONVOLUTION));
    double fast = lag(train("emaDecay", "0.01"));
    double slow = lag(train("emaDecay", "0.9999"));
    assertTrue(fast < slow / 20, fast + " against " + slow);
    double warm = lag(train("emaDecay", "0.9999", "emaWarmup", "true"));
    assertTrue(warm < slow / 2, warm + " against " + slow);
  }

  /** How far the averaged weights lag behind the raw ones. */
  private static double lag(Path output) throws IOException {
    return moved(TinyTraining.checkpoint(output, "epoch-0002.ema").weights(), output);
  }

  @Test
  void keepsCheckpointsWithTheGivenFrequencyAndNumber() throws Exception {
    TrainingSpec five = TinyTraining.with(TinyTraining.SPEC, "epochs", "5");
    Path output = train(five, new Bookkeeping(2, 2, 1, 1));
    assertEquals(
        List.of(
            "best",
            "ema_best",
            "ema_last",
            "epoch-0004",
            "epoch-0004.ema",
            "epoch-0005",
            "epoch-0005.ema"),
        TinyTraining.checkpoints(output));
  }

  @Test
  void logsWithTheGivenFrequency() throws Exception {
    Path output = train(TinyTraining.SPEC, new Bookkeeping(1, 9, 3, 1));
    List<JsonNode> lines = TinyTraining.log(output, false);
    assertEquals(List.of(3L, 6L), lines.stream().map(line -> line.get("step").asLong()).toList());
  }

  @Test
  void countsTheImagesOfTheTail() throws Exception {
    JsonNode dropped = TinyTraining.log(root.resolve("usual"), true).get(0);
    assertEquals(16, dropped.get("images").asInt());
    assertEquals(2, dropped.get("leftOut").asInt());
    Path output = train("dropTail", "false");
    JsonNode carried = TinyTraining.log(output, true).get(0);
    assertEquals(18, carried.get("images").asInt());
    assertEquals(0, carried.get("leftOut").asInt());
    assertEquals(10, TinyTraining.checkpoint(output, "epoch-0002").info().training().step());
    // Seventeen images leave one over, which is too few for batch norm.
    JsonNode single = TinyTraining.log(train("dropTail", "false", "batchSize", "17"), true).get(0);
    assertEquals(17, single.get("images").asInt());
    assertEquals(1, single.get("leftOut").asInt());
  }

  @Test
  void countsStepsOfSeveralBatches() throws Exception {
    Path output = train("accumulate", "2");
    List<JsonNode> lines = TinyTraining.log(output, false);
    assertEquals(
        List.of(1L, 2L, 3L, 4L), lines.stream().map(line -> line.get("step").asLong()).toList());
    assertEquals(4, lines.get(0).get("steps").asInt());
    // Warm-up is one epoch of two steps: the rate peaks at its end.
    assertEquals(0.05, lines.get(2).get("learningRate").asDouble(), 1e-12);
    JsonNode epoch = TinyTraining.log(output, true).get(1);
    assertEquals(16, epoch.get("images").asInt());
    assertEquals(4, TinyTraining.checkpoint(output, "epoch-0002").info().training().step());
    // The last step of an epoch has two images, from a fifth batch.
    Path carried = train("accumulate", "2", "dropTail", "false");
    assertEquals(18, TinyTraining.log(carried, true).get(0).get("images").asInt());
    assertEquals(6, TinyTraining.checkpoint(carried, "epoch-0002").info().training().step());
  }

  @Test
  void logsGradientNormsBeforeClipping() throws Exception {
    double free = firstNorm(root.resolve("usual"));
    double clipped = firstNorm(train("clipNorm", Double.toString(free / 100)));
    assertTrue(free > 0, free + "");
    assertEquals(free, clipped);
  }

  private static double firstNorm(Path output) throws IOException {
    return TinyTraining.log(output, false).get(0).get("gradientNorm").asDouble();
  }

  @Test
  void countsStepsWhoseGradientsOverflow() throws Exception {
    for (JsonNode epoch : TinyTraining.log(train("ampLevel", "\"O2\""), true)) {
      assertEquals(0, epoch.get("skippedSteps").asInt());
    }
    IllegalStateException failure =
        assertThrows(
            IllegalStateException.class, () -> train("ampLevel", "\"O2\"", "lossScale", "1e9"));
    assertEquals(
        "the gradients of all steps of epoch 1 overflowed; nothing was learned",
        failure.getMessage());
    assertEquals(Optional.of(ModelRemedy.LOWER_LOSS_SCALE.with(1.0E9)), Advice.about(failure));
  }

  @Test
  void startsFromAnotherRunsWeights() throws Exception {
    Weights after = untaught(root.resolve("usual/checkpoints/epoch-0002.safetensors"));
    assertArrayEquals(usual.get(CONVOLUTION), after.get(CONVOLUTION));
    assertArrayEquals(usual.get("classifier.weight"), after.get("classifier.weight"));
  }

  @Test
  void keepsTheTrunkOfANetworkWithOtherClasses() throws Exception {
    Architecture five = TinyTraining.network(5);
    Weights weights = five.initialWeights(77);
    ValidationView view = new ValidationView(16, 1, Interpolation.PILLOW);
    CheckpointInfo info =
        new CheckpointInfo(
            five,
            WeightKind.RAW,
            CheckpointInfo.Training.NONE,
            List.of("a", "b", "c", "d", "e"),
            view);
    Path from = folder.resolve("five.safetensors");
    Checkpoint.write(Storage.local(), from.toString(), info, weights);
    Weights after = untaught(from);
    assertArrayEquals(weights.get(CONVOLUTION), after.get(CONVOLUTION));
    assertArrayEquals(
        TinyTraining.network(2).initialWeights(1).get("classifier.weight"),
        after.get("classifier.weight"));
  }

  /** The weights after training from a file with a learning rate too small to change them. */
  private Weights untaught(Path from) throws Exception {
    String file = "\"" + from + "\"";
    Path output = train("initialCheckpoint", file, "lr", "0", "lrMax", "1e-30", "lrEnd", "0");
    return TinyTraining.checkpoint(output, "epoch-0002").weights();
  }
}
