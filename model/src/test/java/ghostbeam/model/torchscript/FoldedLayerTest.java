package ghostbeam.model.torchscript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ghostbeam.model.golden.Golden;
import ghostbeam.model.image.Normalization;
import ghostbeam.model.network.Convolution;
import ghostbeam.model.network.Preset;
import ghostbeam.model.tensor.Weights;
import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

/**
 * Compared with 40 decimal digits, rounded once; intermediate float32 would give other last bits.
 */
class FoldedLayerTest {
  private static final MathContext DIGITS = new MathContext(40);
  private static final BigDecimal EPSILON = new BigDecimal("1e-5");

  private final Weights weights = Golden.fill(Preset.GHOSTNET_1X.architecture(10));
  private final Convolution stem = new Convolution("conv_stem", 3, 16, 3, 2, 1);

  @Test
  void foldsBatchNormInFloat64AndRoundsOnce() {
    FoldedLayer folded = FoldedLayer.normalized(weights, stem, "bn1");
    float[] weight = weights.get("conv_stem.weight");
    int otherInFloat32 = 0;
    for (int i = 0; i < weight.length; i++) {
      int o = i / 27;
      BigDecimal exact = exact(weight[i]).multiply(scale(o), DIGITS);
      assertEquals(exact.floatValue(), folded.planes()[i], "weight " + i);
      float scaleInFloat32 = scale(o).floatValue();
      otherInFloat32 += weight[i] * scaleInFloat32 == exact.floatValue() ? 0 : 1;
    }
    assertTrue(otherInFloat32 > 20, "weights that float32 folds otherwise: " + otherInFloat32);

    otherInFloat32 = 0;
    for (int o = 0; o < 16; o++) {
      float beta = weights.get("bn1.bias")[o];
      float mean = weights.get("bn1.running_mean")[o];
      BigDecimal exact = exact(beta).subtract(exact(mean).multiply(scale(o), DIGITS), DIGITS);
      assertEquals(exact.floatValue(), folded.bias()[o], "bias " + o);
      otherInFloat32 += beta - mean * scale(o).floatValue() == exact.floatValue() ? 0 : 1;
    }
    assertTrue(otherInFloat32 > 2, "biases that float32 folds otherwise: " + otherInFloat32);
  }

  @Test
  void dividesInputsBeforeItRounds() {
    double[] deviations = Normalization.deviations();
    FoldedLayer folded = FoldedLayer.normalized(weights, stem, "bn1", deviations);
    float[] weight = weights.get("conv_stem.weight");
    int otherRoundedTwice = 0;
    for (int i = 0; i < weight.length; i++) {
      BigDecimal scaled = exact(weight[i]).multiply(scale(i / 27), DIGITS);
      double divisor = deviations[i / 9 % 3];
      float exact = scaled.divide(exact(divisor), DIGITS).floatValue();
      assertEquals(exact, folded.planes()[i], "weight " + i);
      otherRoundedTwice += (float) (scaled.floatValue() / divisor) == exact ? 0 : 1;
    }
    assertTrue(otherRoundedTwice > 20, "weights of another bit: " + otherRoundedTwice);
  }

  /** Batch norm's factor: γ / √(σ² + ε). */
  private BigDecimal scale(int channel) {
    BigDecimal variance = exact(weights.get("bn1.running_var")[channel]);
    return exact(weights.get("bn1.weight")[channel])
        .divide(variance.add(EPSILON).sqrt(DIGITS), DIGITS);
  }

  private static BigDecimal exact(double value) {
    return new BigDecimal(value);
  }
}
