package ghostbeam.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.SmoothedCrossEntropy;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** One step of gradient descent: forward, backward, update. */
final class TrainingStep {
  private final TrainingNetwork network;
  private final SmoothedCrossEntropy loss;
  private final Optimizer optimizer;

  TrainingStep(TrainingNetwork network, SmoothedCrossEntropy loss, Optimizer optimizer) {
    this.network = network;
    this.loss = loss;
    this.optimizer = optimizer;
  }

  /**
   * Learns from a batch.
   *
   * @param images makes the batch (N,3,H,W) in the given manager
   * @param random decides what is left out
   * @return the mean loss before the update; where it is not finite, nothing was updated but batch
   *     norm's running statistics
   */
  double learn(
      Function<NDManager, NDArray> images, int[] labels, double rate, RandomGenerator random) {
    double value = backward(images, labels, random);
    if (Double.isFinite(value)) {
      optimizer.step(rate);
    }
    network.buckets().stream().filter(Bucket::trainable).forEach(Bucket::clearGradients);
    return value;
  }

  /** Leaves the gradients of the mean loss on the parameters, and returns that loss. */
  double backward(Function<NDManager, NDArray> images, int[] labels, RandomGenerator random) {
    JniUtils.setGradMode(true);
    // All of a step's temporaries die with its own manager, gradients' handles included.
    try (NDManager step = network.manager().newSubManager();
        NDArray batch = images.apply(step);
        NDArray logits = network.logits(batch, random);
        NDArray mean = loss.of(logits, labels);
        NDArray one = mean.onesLike()) {
      JniUtils.backward((PtNDArray) mean, (PtNDArray) one, false, false);
      return mean.toType(DataType.FLOAT64, false).getDouble();
    } finally {
      JniUtils.setGradMode(false);
    }
  }
}
