package ghostbeam.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;

/** Changes of type that gradients pass; the engine's own {@code toType} cuts the graph. */
final class Cast {
  private Cast() {}

  /**
   * A copy of another type.
   *
   * @param owner of the copy
   * @param x of at least one dimension
   * @param type FLOAT16, FLOAT32 or FLOAT64; the engine aborts the process at others
   */
  static NDArray of(NDManager owner, NDArray x, DataType type) {
    long[] ends = x.getShape().getShape();
    long[] starts = new long[ends.length];
    long[] steps = new long[ends.length];
    Arrays.fill(steps, 1);
    PtNDArray copy = (PtNDArray) owner.create(x.getShape(), type);
    // An assignment converts, and is recorded.
    JniUtils.indexSet(copy, (PtNDArray) x, starts, ends, steps);
    return copy;
  }
}
