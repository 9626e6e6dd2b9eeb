package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ghostbeam.model.input.Targets;
import java.util.Arrays;

/**
 * Softmax cross-entropy with the original recipe's label smoothing: target 1 − s for the true
 * class, s / (classes − 1) for each other. For mixed images, targets are mixed likewise.
 *
 * @param smoothing s, in [0, 1); 0 for plain cross-entropy
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
   * @param targets of the N images
   * @return a differentiable scalar of the logits' type; close the logits' manager, which owns what
   *     backward needs, only after backward
   */
  public NDArray of(NDArray logits, Targets targets) {
    int classes = Math.toIntExact(logits.getShape().get(1));
    // Arrays made from Java memory must outlive backward: the graph keeps the address, not the
    // buffer, which could be collected once its array is closed.
    NDArray rows = rows(logits, targets, classes);
    NDArray divisor = logits.getManager().create((float) -targets.count());
    try (NDArray logProbabilities = logits.logSoftmax(1);
        NDArray products = logProbabilities.mul(rows);
        NDArray sum = products.sum()) {
      return sum.div(divisor);
    }
  }

  private NDArray rows(NDArray logits, Targets targets, int classes) {
    double own = targets.lambda();
    double rest = 1 - own;
    double hit = 1 - smoothing;
    double miss = smoothing / (classes - 1);
    double[] rows = new double[targets.count() * classes];
    Arrays.fill(rows, miss);
    for (int i = 0; i < targets.count(); i++) {
      int label = targets.labels()[i];
      int partners = targets.partnersLabel(i);
      rows[i * classes + partners] = own * miss + rest * hit;
      rows[i * classes + label] = label == partners ? hit : own * hit + rest * miss;
    }
    NDArray exact = logits.getManager().create(rows, new Shape(targets.count(), classes));
    if (logits.getDataType() == DataType.FLOAT64) {
      return exact;
    }
    try (exact) {
      return exact.toType(logits.getDataType(), true);
    }
  }
}
