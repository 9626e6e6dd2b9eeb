package ghostbeam.model.recipe;

import static ghostbeam.model.recipe.Setting.require;

import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Optimizer;
import java.io.Serializable;
import java.util.List;

/**
 * How gradients change weights.
 *
 * @param optEps ε of those optimisers that have one
 * @param momentum of every optimiser
 * @param weightDecay decay of the weights that {@code opt} decays
 */
public record Optimization(OptimizerChoice opt, double optEps, double momentum, double weightDecay)
    implements Serializable {
  public static final Optimization ORIGINAL =
      new Optimization(OptimizerChoice.SGD, 1e-8, 0.9, 1e-4);

  public Optimization {
    require(optEps > 0, "optEps", "above 0", optEps);
    require(momentum >= 0 && momentum < 1, "momentum", "from 0 to below 1", momentum);
    require(weightDecay >= 0, "weightDecay", "at least 0", weightDecay);
  }

  /** An optimiser of a network's buckets; the caller closes it. */
  public Optimizer optimizer(List<Bucket> buckets) {
    return opt.of(buckets, this);
  }
}
