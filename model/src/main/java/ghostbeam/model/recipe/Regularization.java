package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import java.io.Serializable;

/**
 * Regularisation against overfitting.
 *
 * @param smoothing label smoothing, from 0 to below 1
 * @param drop dropout rate before the dense layer
 * @param dropPath drop rate of residual branches at the end of the network; it grows with depth
 * @param emaDecay decay of the weights' moving average; 0 for no average
 * @param emaWarmup whether that decay grows with the number of steps until it reaches {@code
 *     emaDecay}
 */
public record Regularization(
    double smoothing, double drop, double dropPath, double emaDecay, boolean emaWarmup)
    implements Serializable {
  public static final Regularization ORIGINAL = new Regularization(0.1, 0, 0, 0.9999, false);

  public Regularization {
    requireFraction(smoothing, "smoothing");
    requireFraction(drop, "drop");
    requireFraction(dropPath, "dropPath");
    requireFraction(emaDecay, "emaDecay");
  }

  private static void requireFraction(double value, String setting) {
    require(value >= 0 && value < 1, setting, "from 0 to below 1", value);
  }
}
