package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import java.io.Serializable;

/**
 * Mixed precision training.
 *
 * @param ampLevel which parts of a step compute in float16
 * @param lossScale factor of the loss in float16 steps; no effect at O0
 */
public record MixedPrecision(AmpLevel ampLevel, double lossScale) implements Serializable {
  public static final MixedPrecision ORIGINAL = new MixedPrecision(AmpLevel.O0, 128);

  public MixedPrecision {
    require(lossScale > 0 && Double.isFinite(lossScale), "lossScale", "above 0", lossScale);
  }
}
