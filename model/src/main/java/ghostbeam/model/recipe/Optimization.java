package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Optimizer;
import java.io.Serializable;
import java.util.List;

/**
 * The optimiser and its settings.
 *
 * @param optEps ε of the optimisers that have one
 * @param momentum of all optimisers; AdamW's β₁
 * @param weightDecay decay of those weights that {@code opt} decays
 * @param clipNorm maximum gradient norm over all parameters; 0 for no clipping
 */
public record Optimization(
    OptimizerChoice opt, double optEps, double momentum, double weightDecay, double clipNorm)
    implements Serializable {
  public static final Optimization ORIGINAL =
      new Optimization(OptimizerChoice.SGD, 1e-8, 0.9, 1e-4, 0);

  /** The same as PyTorch's, for equal results. */
  private static final double CLIP_EPSILON = 1e-6;

  public Optimization {
    require(optEps > 0, "optEps", "above 0", optEps);
    require(momentum >= 0 && momentum < 1, "momentum", "from 0 to below 1", momentum);
    require(weightDecay >= 0, "weightDecay", "at least 0", weightDecay);
    require(clipNorm >= 0 && Double.isFinite(clipNorm), "clipNorm", "at least 0", clipNorm);
  }

  /** An optimiser for a network's buckets; the caller closes it. */
  public Optimizer optimizer(List<Bucket> buckets) {
    return opt.of(buckets, this);
  }

  /** The factor for a gradient with this norm, as in PyTorch's {@code clip_grad_norm_}. */
  public double clipFactor(double norm) {
    return clipNorm == 0 ? 1 : Math.min(1, clipNorm / (norm + CLIP_EPSILON));
  }
}
