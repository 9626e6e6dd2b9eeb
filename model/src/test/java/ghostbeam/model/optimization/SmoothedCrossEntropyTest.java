package ghostbeam.model.optimization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import ghostbeam.model.golden.Golden;
import ghostbeam.model.input.Targets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SmoothedCrossEntropyTest {

  @Test
  void givesTheGoldenLossesAndGradients() {
    for (JsonNode row : Golden.read("loss.json")) {
      int classes = row.get("classes").asInt();
      double[] values = new double[3 * classes];
      for (int i = 0; i < values.length; i++) {
        values[i] = Golden.unit(77, i) * 4;
      }
      int[] labels = new int[3];
      for (int i = 0; i < 3; i++) {
        labels[i] = row.get("labels").get(i).asInt();
      }
      try (NDManager manager = NDManager.newBaseManager()) {
        JniUtils.setGradMode(true);
        NDArray logits = manager.create(values, new Shape(3, classes));
        logits.setRequiresGradient(true);
        NDArray loss =
            new SmoothedCrossEntropy(row.get("smoothing").asDouble())
                .of(logits, Targets.of(labels));
        assertEquals(row.get("loss").asDouble(), loss.getDouble(), 1e-12);
        JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
        double[] gradient = logits.getGradient().toDoubleArray();
        double squares = 0;
        for (double value : gradient) {
          squares += value * value;
        }
        assertEquals(row.get("gradient_l2").asDouble(), Math.sqrt(squares), 1e-12);
        for (int i = 0; i < row.get("gradient_head").size(); i++) {
          assertEquals(row.get("gradient_head").get(i).asDouble(), gradient[i], 1e-12);
        }
      }
    }
  }

  /** From model/src/sample/python/make_draws.py. */
  @Test
  void givesPyTorchsLossesAndGradientsOfMixedImages() {
    for (JsonNode row : Golden.read("augmentation/draws.json").get("losses")) {
      int classes = row.get("classes").asInt();
      int[] labels = new int[row.get("labels").size()];
      Arrays.setAll(labels, i -> row.get("labels").get(i).asInt());
      double[] values = new double[labels.length * classes];
      Arrays.setAll(values, i -> Golden.unit(77, i) * 4);
      Targets targets = new Targets(labels, row.get("share").asDouble());
      try (NDManager manager = NDManager.newBaseManager()) {
        JniUtils.setGradMode(true);
        NDArray logits = manager.create(values, new Shape(labels.length, classes));
        logits.setRequiresGradient(true);
        NDArray loss =
            new SmoothedCrossEntropy(row.get("smoothing").asDouble()).of(logits, targets);
        assertEquals(row.get("loss").asDouble(), loss.getDouble(), 1e-12);
        JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
        double[] gradient = logits.getGradient().toDoubleArray();
        for (int i = 0; i < gradient.length; i++) {
          assertEquals(row.get("gradient").get(i).asDouble(), gradient[i], 1e-12);
        }
      }
    }
  }

  @Test
  void rejectsSmoothingOfOne() {
    assertThrows(IllegalArgumentException.class, () -> new SmoothedCrossEntropy(1));
  }
}
