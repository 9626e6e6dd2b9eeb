package ghostbeam.model.input;

import java.nio.FloatBuffer;

/**
 * Images ready for the network.
 *
 * @param images direct, from position to limit: float32 N×3×H×W or N×H×W×3, as the loader was told
 * @param labels N class numbers
 */
public record Batch(FloatBuffer images, int[] labels) {

  /** N. */
  public int size() {
    return labels.length;
  }
}
