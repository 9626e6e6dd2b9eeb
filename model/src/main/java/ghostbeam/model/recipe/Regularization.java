package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import java.io.Serializable;

/**
 * What keeps a network from learning its images by heart.
 *
 * @param smoothing label smoothing, from 0 to below 1
 * @param drop share of features left out before the dense layer
 * @param dropPath share of residual branches left out at the end of the network
 * @param emaDecay decay of the weights' moving average; 0 for none
 * @param emaWarmup whether that decay grows with the steps taken until it is {@code emaDecay}
 */
public record Regularization(
    double smoothing, double drop, double dropPath, double emaDecay, boolean emaWarmup)
    implements Serializable {
  public static final Regularization ORIGINAL = new Regularization(0.1, 0, 0, 0.9999, false);

  public Regularization {
    requireShare(smoothing, "smoothing");
    requireShare(drop, "drop");
    requireShare(dropPath, "dropPath");
    requireShare(emaDecay, "emaDecay");
  }

  private static void requireShare(double value, String setting) {
    require(value >= 0 && value < 1, setting, "from 0 to below 1", value);
  }
}
