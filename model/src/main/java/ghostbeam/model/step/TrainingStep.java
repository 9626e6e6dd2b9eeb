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
 * Optimiser steps, together with the other ranks. A step accumulates the gradients of one or more
 * batches, each weighted by its part of the mean loss over all of the step's images, and then
 * updates the weights once.
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
   * The result of a step.
   *
   * @param loss the mean loss over all ranks' images before the update
   * @param learned whether there was an update. If not, because the loss or a gradient is not
   *     finite, only batch norm's running statistics have changed
   * @param gradientNorm Euclidean norm of the gradient over all parameters, before clipping; not
   *     finite where there was no update
   */
  public record Outcome(double loss, boolean learned, double gradientNorm) {}

  /**
   * Creates one rank's steps.
   *
   * @param recipe gives label smoothing, loss scale, synchronised batch norm and gradient clipping
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
   * Runs the forward and backward pass of one batch of a step.
   *
   * @param images creates this rank's images (N,H,W,3) in the given manager
   * @param share which of the step's images they are
   * @param random generator for dropout and drop path; with the same state on each rank and for
   *     each batch of a step
   */
  public void gather(
      Function<NDManager, NDArray> images,
      Targets targets,
      BatchShare share,
      RandomGenerator random) {
    ownLoss += backward(images, targets, share, random) * share.fraction();
    ownFraction += share.fraction();
    gradients.gather();
  }

  /**
   * Ends a step: updates the weights by the gradients that all ranks have accumulated since the
   * last.
   */
  public Outcome update(double rate) {
    double mean = collective.sum(ownLoss)[0];
    // From here on all ranks have the same loss and gradients, and so make the same decision.
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

  /** All-reduces the gradients and returns their norm, without the loss scale. */
  private double completeGradients() {
    gradients.flat().forEach(part -> ArrayExchange.sum(collective, part));
    // Rank 0's: other processors or numbers of threads sum a norm in another order.
    double norm = collective.rank() == 0 ? gradients.norm() / lossScale : 0;
    return collective.sum(norm)[0];
  }

  /**
   * Replaces every rank's running statistics by their mean over all ranks, so that all ranks hold
   * the same network. Running statistics are linear in the batches', so the frequency does not
   * matter; doing it in each step allows resuming after any step.
   */
  private void averageStatistics() {
    if (collective.size() > 1) {
      for (Bucket bucket : statistics) {
        ArrayExchange.sum(collective, bucket.values().muli(ownFraction));
      }
    }
  }

  /**
   * Leaves on the parameters the gradients of the scaled loss, weighted by these images' fraction
   * of the step. Returns the mean loss of these images, unscaled.
   */
  public double backward(
      Function<NDManager, NDArray> images,
      Targets targets,
      BatchShare share,
      RandomGenerator random) {
    SynchronizedNorm norm = syncBn ? new SynchronizedNorm(collective, share) : null;
    JniUtils.setGradMode(true);
    // All of a batch's temporaries, including handles of gradients, are freed with its own manager.
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
