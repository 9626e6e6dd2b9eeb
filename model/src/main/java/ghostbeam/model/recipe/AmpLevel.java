package ghostbeam.model.recipe;

/**
 * Which parts of a training step compute in float16. Weights, their gradients and averages, the
 * optimiser, batch norm's statistics, sums over pixels and the loss are float32 at every level.
 */
public enum AmpLevel {
  /** None. */
  O0,
  /** All but batch norm, which reads float16, computes in float32 and writes float16. */
  O2,
  /** Batch norm's arrays, too; its kernel still accumulates in float32. */
  O3;

  /** Whether anything computes in float16. */
  public boolean half() {
    return this != O0;
  }
}
