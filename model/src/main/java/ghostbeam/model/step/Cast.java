package ghostbeam.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;

/** Differentiable type conversion; the engine's own {@code toType} detaches from the graph. */
final class Cast {
  private Cast() {}

  /**
   * A copy with another type.
   *
   * @param owner of the copy
   * @param x with at least one dimension
   * @param type FLOAT16, FLOAT32 or FLOAT64; for others the engine aborts the process
   */
  static NDArray of(NDManager owner, NDArray x, DataType type) {
    long[] ends = x.getShape().getShape();
    long[] starts = new long[ends.length];
    long[] steps = new long[ends.length];
    Arrays.fill(steps, 1);
    PtNDArray copy = (PtNDArray) owner.create(x.getShape(), type);
    // An indexed assignment converts and is recorded.
    JniUtils.indexSet(copy, (PtNDArray) x, starts, ends, steps);
    return copy;
  }
}
