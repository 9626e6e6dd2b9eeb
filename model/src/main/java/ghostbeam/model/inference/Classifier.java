package ghostbeam.model.inference;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.checkpoint.Checkpoint;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.GhostNet;
import ghostbeam.model.network.Weights;
import java.nio.ByteBuffer;

/**
 * A network ready to score images; owns its off-heap memory. Safe to use from many threads.
 *
 * <p>Each call computes on its caller's thread alone: slots side by side are faster than threads
 * within one.
 */
public final class Classifier implements AutoCloseable {
  private final Architecture architecture;
  private final NDManager manager;
  private final EagerOperations operations;

  private Classifier(Architecture architecture, Weights weights) {
    this.architecture = architecture;
    this.manager = NDManager.newBaseManager();
    this.operations = new EagerOperations(new FoldedLayers(manager, weights));
  }

  /** Loads a checkpoint's weights, batch norm folded into the convolutions. */
  public static Classifier load(Checkpoint checkpoint) {
    return of(checkpoint.info().architecture(), checkpoint.weights());
  }

  /** A classifier of weights at hand; they are copied. */
  public static Classifier of(Architecture architecture, Weights weights) {
    return new Classifier(architecture, weights);
  }

  /** Width of the logits. */
  public int classes() {
    return architecture.classes();
  }

  /**
   * Logits of a batch.
   *
   * @param images normalised float32 N×H×W×3 ({@code Normalization.putHwc}), a direct buffer in
   *     native order that holds exactly those from position to limit; it is read in place
   * @param count images in the batch, N
   * @param inputSize H and W
   * @return float32 N×classes, row by row
   */
  public float[] logits(ByteBuffer images, int count, int inputSize) {
    int callersThreads = JniUtils.getNumThreads();
    if (callersThreads == 1) {
      return compute(images, count, inputSize);
    }
    JniUtils.setNumThreads(1);
    try {
      return compute(images, count, inputSize);
    } finally {
      JniUtils.setNumThreads(callersThreads);
    }
  }

  private float[] compute(ByteBuffer images, int count, int inputSize) {
    try (NDManager batch = manager.newSubManager();
        NDArray image =
            batch.create(images, new Shape(count, inputSize, inputSize, 3), DataType.FLOAT32);
        NDArray logits = GhostNet.forward(architecture, operations, image)) {
      return logits.toFloatArray();
    }
  }

  /** Makes the calling thread compute with this many threads; call it once in each slot. */
  public static void useThreads(int threads) {
    Engine.getInstance();
    JniUtils.setNumThreads(threads);
  }

  /** DJL's version, for provenance. */
  public static String engineVersion() {
    return Engine.getDjlVersion();
  }

  @Override
  public void close() {
    manager.close();
  }
}
