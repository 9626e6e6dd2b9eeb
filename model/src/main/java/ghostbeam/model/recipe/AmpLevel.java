package ghostbeam.model.recipe;

/**
 * Which of a training step's arithmetic is float16. Weights, their gradients and averages, the
 * optimiser, batch norm's statistics, sums over pixels and the loss are float32 at every level.
 */
public enum AmpLevel {
  /** None. */
  O0,
  /** All but batch norm: it reads float16, computes in float32 and writes float16. */
  O2,
  /** Batch norm's arrays too; it still sums in float32, which its kernel does by itself. */
  O3;

  /** Whether anything is float16. */
  public boolean half() {
    return this != O0;
  }
}
