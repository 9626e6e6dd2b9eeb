package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.tensor.TensorSpec;

/**
 * One tensor of a network in training.
 *
 * @param spec its name, kind and shape
 * @param array its current value, updated in place; accumulates gradients where it is trainable
 */
public record Parameter(TensorSpec spec, NDArray array) {

  /** The gradient accumulated since the last {@link #clearGradient}; the caller closes it. */
  public NDArray gradient() {
    return array.getGradient();
  }

  /** Sets the accumulated gradient to zero. */
  public void clearGradient() {
    JniUtils.zeroGrad((PtNDArray) array);
  }
}
