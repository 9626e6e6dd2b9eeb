package ghostbeam.model.inference;

import ghostbeam.model.checkpoint.Checkpoint;
import java.nio.FloatBuffer;

/** A network ready to score images; owns its off-heap memory. Safe to use from many threads. */
public final class Classifier implements AutoCloseable {

  /** Loads a checkpoint's weights, batch norm folded into the convolutions. */
  public static Classifier load(Checkpoint checkpoint) {
    throw new UnsupportedOperationException("STUB");
  }

  /**
   * Logits of a batch.
   *
   * @param images normalised floats N×H×W×3 ({@code Normalization.putHwc}), a direct buffer from
   *     position to limit
   * @param count images in the batch, N
   * @param inputSize H and W
   * @return float32 N×classes, row by row
   */
  public float[] logits(FloatBuffer images, int count, int inputSize) {
    throw new UnsupportedOperationException("STUB");
  }

  /** Makes the calling thread compute with this many threads; call it once in each slot. */
  public static void useThreads(int threads) {
    throw new UnsupportedOperationException("STUB");
  }

  @Override
  public void close() {}
}
