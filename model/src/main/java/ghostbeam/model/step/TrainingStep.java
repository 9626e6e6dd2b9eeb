package ghostbeam.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ghostbeam.model.distributed.Collective;
import ghostbeam.model.input.BatchShare;
import ghostbeam.model.input.Targets;
import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Gradients;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.SmoothedCrossEntropy;
import ghostbeam.model.recipe.Recipe;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Steps of gradient descent, together with the other ranks. A step gathers the gradients of one
 * batch or more, each of which adds its part of the mean loss over all of the step's images, and
 * then changes the weights once.
 */
public final class TrainingStep {
  private final TrainingNetwork network;
  private final Recipe recipe;
  private final SmoothedCrossEntropy loss;
  private final Optimizer optimizer;
  private final double lossScale;
  private final Collective collective;
  private final boolean syncBn;
  private final Gradients gradients;
  private final List<Bucket> statistics;
  private double ownLoss;
  private double ownFraction;

  /**
   * What came of a step.
   *
   * @param loss the mean loss over all ranks' images before the update
   * @param learned whether there was an update; where not, since the loss or a gradient is not
   *     finite, nothing has changed but batch norm's running statistics
   * @param gradientNorm Euclidean norm over all parameters of that loss's gradient, before it was
   *     clipped; not finite where nothing was learned
   */
  public record Outcome(double loss, boolean learned, double gradientNorm) {}

  /**
   * Steps of a network on one rank.
   *
   * @param recipe says the loss and its scale, whether batch norm's statistics are those of all
   *     ranks' images, and where gradients are clipped
   * @param collective of all ranks, which take each step together
   */
  public TrainingStep(
      TrainingNetwork network, Recipe recipe, Optimizer optimizer, Collective collective) {
    this.network = network;
    this.recipe = recipe;
    this.loss = new SmoothedCrossEntropy(recipe.regularization().smoothing());
    this.optimizer = optimizer;
    this.lossScale = network.half() ? recipe.mixedPrecision().lossScale() : 1;
    this.collective = collective;
    this.syncBn = recipe.batching().syncBn() && collective.size() > 1;
    this.gradients = new Gradients(network.buckets());
    this.statistics = network.buckets().stream().filter(bucket -> !bucket.trainable()).toList();
  }

  /**
   * Takes in one batch of a step: its forward and backward pass.
   *
   * @param images makes this rank's images (N,H,W,3) in the given manager
   * @param share which images of the step they are
   * @param random decides what is left out; the same numbers on each rank, and in each batch of a
   *     step
   */
  public void gather(
      Function<NDManager, NDArray> images, Targets targets, BatchShare share, RandomGenerator random) {
    ownLoss += backward(images, targets, share, random) * share.fraction();
    ownFraction += share.fraction();
    gradients.gather();
  }

  /**
   * Ends a step: changes the weights by the gradients that all ranks have gathered since the last.
   */
  public Outcome update(double rate) {
    double mean = collective.sum(ownLoss)[0];
    // All ranks have the same loss and gradients from here on, and so decide alike.
    double norm = Double.isFinite(mean) ? completeGradients() : Double.NaN;
    boolean learns = Double.isFinite(norm);
    if (learns) {
      gradients.scale(recipe.optimization().clipFactor(norm) / lossScale);
      optimizer.step(rate, gradients);
    }
    gradients.clear();
    if (!syncBn) {
      averageStatistics();
    }
    ownLoss = 0;
    ownFraction = 0;
    return new Outcome(mean, learns, norm);
  }

  /** Sums the gradients over all ranks and returns their norm but for the loss's scale. */
  private double completeGradients() {
    gradients.flat().forEach(part -> ArrayExchange.sum(collective, part));
    // Rank 0's: another processor or number of threads adds up a norm in another order.
    double norm = collective.rank() == 0 ? gradients.norm() / lossScale : 0;
    return collective.sum(norm)[0];
  }

  /**
   * Gives every rank the mean of all ranks' running statistics, so that they hold the same network.
   * These are linear in each batch's, so it is no matter how often this is done; doing it in each
   * step lets a training stop and go on anywhere.
   */
  private void averageStatistics() {
    if (collective.size() > 1) {
      for (Bucket bucket : statistics) {
        ArrayExchange.sum(collective, bucket.values().muli(ownFraction));
      }
    }
  }

  /**
   * Leaves the gradients of the scaled loss on the parameters: of these images' part of the mean
   * over all of the step's. Returns the mean loss of these images as it is.
   */
  public double backward(
      Function<NDManager, NDArray> images, Targets targets, BatchShare share, RandomGenerator random) {
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
