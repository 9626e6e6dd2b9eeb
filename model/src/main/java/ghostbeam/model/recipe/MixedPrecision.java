package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import java.io.Serializable;

/**
 * How exactly a step computes.
 *
 * @param ampLevel what of it is float16
 * @param lossScale factor of the loss within a step that is float16; of no consequence at O0
 */
public record MixedPrecision(AmpLevel ampLevel, double lossScale) implements Serializable {
  public static final MixedPrecision ORIGINAL = new MixedPrecision(AmpLevel.O0, 128);

  public MixedPrecision {
    require(lossScale > 0 && Double.isFinite(lossScale), "lossScale", "above 0", lossScale);
  }
}
