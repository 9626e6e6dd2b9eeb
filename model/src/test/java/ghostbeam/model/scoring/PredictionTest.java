package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictionTest {

  @Test
  void lossAndConfidenceAreSoftmaxes() {
    // -log(e^1 / (e^1 + e^2 + e^3)) and e^3 / (e^1 + e^2 + e^3).
    Prediction prediction = Prediction.of(new float[] {9, 1, 2, 3, 9}, 1, 3, 0);
    assertEquals(2.4076059644443806, prediction.loss(), 1e-14);
    assertEquals(0.6652409557748219, prediction.confidence(), 1e-14);
    assertEquals((2 * 2.4076059644443806 - 3) / 2, prediction.othersLoss(), 1e-14);
    assertEquals(2, prediction.predicted());
    assertEquals(2, prediction.rank());
  }

  @Test
  void hugeLogitsDoNotOverflow() {
    float max = Float.MAX_VALUE;
    Prediction prediction = Prediction.of(new float[] {max, -max}, 0, 2, 1);
    assertEquals(2.0 * max, prediction.loss());
    assertEquals(1.0, prediction.confidence());
  }

  @Test
  void amongEqualLogitsTheLowerClassIsAhead() {
    float[] equal = new float[8];
    for (int label = 0; label < equal.length; label++) {
      Prediction prediction = Prediction.of(equal, 0, equal.length, label);
      assertEquals(label, prediction.rank());
      assertEquals(0, prediction.predicted());
    }
  }

  @Test
  void negativeZeroTiesWithZero() {
    assertEquals(1, Prediction.of(new float[] {-0f, 0f}, 0, 2, 1).rank());
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void anyNonFiniteLogitInvalidatesTheRow(float spoiled) {
    Prediction prediction = Prediction.of(new float[] {5, spoiled, 1}, 0, 3, 0);
    assertFalse(prediction.isFinite());
    assertTrue(prediction.rank() >= 5);
  }
}
