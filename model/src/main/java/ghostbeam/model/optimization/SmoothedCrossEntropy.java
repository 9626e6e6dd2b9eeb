package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Softmax cross-entropy with label smoothing as the original recipe has it: the true class gets 1 −
 * s, each other class s / (classes − 1).
 *
 * @param smoothing s, from 0 (plain cross-entropy) up to but without 1
 */
public record SmoothedCrossEntropy(double smoothing) {

  public SmoothedCrossEntropy {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("smoothing is from 0 to below 1, found " + smoothing);
    }
  }

  /**
   * Mean loss of a batch.
   *
   * @param logits (N,classes), before softmax
   * @param labels N class numbers
   * @return a scalar of the logits' type, on which backward can be called; what backward needs
   *     stays with the logits' manager, so close that only afterwards
   */
  public NDArray of(NDArray logits, int[] labels) {
    int classes = Math.toIntExact(logits.getShape().get(1));
    // Arrays made from Java memory must outlive backward: the graph keeps the address, not the
    // buffer, which could be collected once its array is closed.
    NDArray targets = targets(logits, labels, classes);
    NDArray divisor = logits.getManager().create((float) -labels.length);
    try (NDArray logProbabilities = logits.logSoftmax(1);
        NDArray products = logProbabilities.mul(targets);
        NDArray sum = products.sum()) {
      return sum.div(divisor);
    }
  }

  private NDArray targets(NDArray logits, int[] labels, int classes) {
    double[] targets = new double[labels.length * classes];
    Arrays.fill(targets, smoothing / (classes - 1));
    for (int i = 0; i < labels.length; i++) {
      targets[i * classes + labels[i]] = 1 - smoothing;
    }
    NDArray exact = logits.getManager().create(targets, new Shape(labels.length, classes));
    if (logits.getDataType() == DataType.FLOAT64) {
      return exact;
    }
    try (exact) {
      return exact.toType(logits.getDataType(), true);
    }
  }
}
