package ghostbeam.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.SmoothedCrossEntropy;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** One step of gradient descent: forward, backward, update. */
final class TrainingStep {
  private final TrainingNetwork network;
  private final SmoothedCrossEntropy loss;
  private final Optimizer optimizer;
  private final double lossScale;
  private final List<Bucket> trained;

  /**
   * What came of a step.
   *
   * @param loss the mean loss before the update
   * @param learned whether there was an update; where not, since the loss or a gradient is not
   *     finite, nothing has changed but batch norm's running statistics
   */
  record Outcome(double loss, boolean learned) {}

  /** Steps of a network that computes in the type of its weights. */
  TrainingStep(TrainingNetwork network, SmoothedCrossEntropy loss, Optimizer optimizer) {
    this(network, loss, optimizer, 1);
  }

  /**
   * Steps of a network that computes in float16.
   *
   * @param lossScale factor of the loss, and so of all gradients within the backward pass, so that
   *     small ones do not vanish; 1 for none
   */
  TrainingStep(
      TrainingNetwork network, SmoothedCrossEntropy loss, Optimizer optimizer, double lossScale) {
    this.network = network;
    this.loss = loss;
    this.optimizer = optimizer;
    this.lossScale = lossScale;
    this.trained = network.buckets().stream().filter(Bucket::trainable).toList();
  }

  /**
   * Learns from a batch.
   *
   * @param images makes the batch (N,H,W,3) in the given manager
   * @param random decides what is left out
   */
  Outcome learn(
      Function<NDManager, NDArray> images, int[] labels, double rate, RandomGenerator random) {
    double value = backward(images, labels, random);
    boolean learns =
        Double.isFinite(value)
            && (!network.half() || trained.stream().allMatch(Bucket::hasFiniteGradients));
    if (learns) {
      optimizer.step(rate, lossScale);
    }
    trained.forEach(Bucket::clearGradients);
    return new Outcome(value, learns);
  }

  /** Leaves the gradients of the scaled loss on the parameters, and returns the loss as it is. */
  double backward(Function<NDManager, NDArray> images, int[] labels, RandomGenerator random) {
    JniUtils.setGradMode(true);
    // All of a step's temporaries die with its own manager, gradients' handles included.
    try (NDManager step = network.manager().newSubManager();
        NDArray batch = images.apply(step);
        NDArray logits = network.logits(batch, random);
        NDArray mean = loss.of(logits, labels);
        NDArray scale = mean.onesLike().muli(lossScale)) {
      JniUtils.backward((PtNDArray) mean, (PtNDArray) scale, false, false);
      return mean.toType(DataType.FLOAT64, false).getDouble();
    } finally {
      JniUtils.setGradMode(false);
    }
  }
}
