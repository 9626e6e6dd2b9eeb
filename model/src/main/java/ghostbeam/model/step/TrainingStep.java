package ghostbeam.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.input.Share;
import ghostbeam.model.input.Targets;
import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.SmoothedCrossEntropy;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** One step of gradient descent: forward, backward, update. */
public final class TrainingStep {
  private final TrainingNetwork network;
  private final SmoothedCrossEntropy loss;
  private final Optimizer optimizer;
  private final double lossScale;
  private final Collective collective;
  private final boolean syncBn;
  private final List<Bucket> trained;
  private final List<Bucket> statistics;

  /**
   * What came of a step.
   *
   * @param loss the mean loss over all ranks' images before the update
   * @param learned whether there was an update; where not, since the loss or a gradient is not
   *     finite, nothing has changed but batch norm's running statistics
   */
  public record Outcome(double loss, boolean learned) {}

  /**
   * Steps of a network on one rank.
   *
   * @param lossScale factor of the loss, and so of all gradients within the backward pass, so that
   *     small ones do not vanish in float16; 1 for none
   * @param collective of all ranks, which take each step together
   * @param syncBn whether batch norm's statistics are those of all ranks' images
   */
  public TrainingStep(
      TrainingNetwork network,
      SmoothedCrossEntropy loss,
      Optimizer optimizer,
      double lossScale,
      Collective collective,
      boolean syncBn) {
    this.network = network;
    this.loss = loss;
    this.optimizer = optimizer;
    this.lossScale = lossScale;
    this.collective = collective;
    this.syncBn = syncBn && collective.size() > 1;
    this.trained = network.buckets().stream().filter(Bucket::trainable).toList();
    this.statistics = network.buckets().stream().filter(bucket -> !bucket.trainable()).toList();
  }

  /**
   * Learns from a batch, together with the other ranks: each adds the gradient of its images' part
   * of the mean loss.
   *
   * @param images makes this rank's images (N,H,W,3) in the given manager
   * @param share which images of the batch they are
   * @param random decides what is left out; the same numbers on each rank
   */
  public Outcome learn(
      Function<NDManager, NDArray> images,
      Targets targets,
      Share share,
      double rate,
      RandomGenerator random) {
    double own = backward(images, targets, share, random);
    boolean finite = !network.half() || trained.stream().allMatch(Bucket::hasFiniteGradients);
    // Whether to learn is decided once for all ranks.
    double[] all = collective.sum(own * share.fraction(), finite ? 0 : 1);
    boolean learns = Double.isFinite(all[0]) && all[1] == 0;
    if (learns) {
      optimizer.step(rate, lossScale, gradient -> ArrayExchange.sum(collective, gradient));
    }
    trained.forEach(Bucket::clearGradients);
    if (!syncBn) {
      averageStatistics(share);
    }
    return new Outcome(all[0], learns);
  }

  /**
   * Gives every rank the mean of all ranks' running statistics, so that they hold the same network.
   * These are linear in each batch's, so it is no matter how often this is done; doing it in each
   * step lets a training stop and go on anywhere.
   */
  private void averageStatistics(Share share) {
    if (collective.size() > 1) {
      for (Bucket bucket : statistics) {
        ArrayExchange.sum(collective, bucket.values().muli(share.fraction()));
      }
    }
  }

  /**
   * Leaves the gradients of the scaled loss on the parameters: of this rank's part of the mean over
   * all ranks' images. Returns the mean loss of this rank's images as it is.
   */
  public double backward(
      Function<NDManager, NDArray> images, Targets targets, Share share, RandomGenerator random) {
    SynchronizedNorm norm = syncBn ? new SynchronizedNorm(collective, share) : null;
    JniUtils.setGradMode(true);
    // All of a step's temporaries die with its own manager, gradients' handles included.
    try (NDManager step = network.manager().newSubManager();
        NDArray batch = images.apply(step);
        NDArray logits = network.logits(batch, new Pass(share, random, norm));
        NDArray mean = loss.of(logits, targets);
        NDArray scale = mean.onesLike().muli(lossScale * share.fraction())) {
      JniUtils.backward((PtNDArray) mean, (PtNDArray) scale, norm != null, false);
      JniUtils.setGradMode(false);
      if (norm != null) {
        norm.backward();
      }
      return mean.toType(DataType.FLOAT64, false).getDouble();
    } finally {
      JniUtils.setGradMode(false);
    }
  }
}
