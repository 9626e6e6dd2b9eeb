package ghostbeam.model.network;

import ghostbeam.model.recipe.Batching;
import ghostbeam.model.recipe.LearningRate;
import ghostbeam.model.recipe.MixedPrecision;
import ghostbeam.model.recipe.Optimization;
import ghostbeam.model.recipe.OptimizerChoice;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import ghostbeam.model.recipe.Views;

/** How presets' published weights were trained. */
public final class PublishedRecipe {
  private PublishedRecipe() {}

  /** The recipe of a preset; the original's where no more than that is known. */
  public static Recipe of(Preset preset) {
    return switch (preset) {
      case S_GHOSTNET_B4 ->
          Recipe.ORIGINAL
              .with(Batching.ORIGINAL.withBatchSize(32).withRanks(32).withSyncBn(true))
              .with(Optimization.ORIGINAL.withOpt(OptimizerChoice.MOMENTUM).withWeightDecay(2e-5))
              .with(
                  LearningRate.ORIGINAL
                      .withEpochs(450)
                      .withLr(1e-4)
                      .withLrMax(0.6)
                      .withWarmupEpochs(20))
              .with(Regularization.ORIGINAL.withDrop(0.3).withDropPath(0.1).withEmaDecay(0.97))
              .with(MixedPrecision.ORIGINAL.withLossScale(1024))
              .with(Views.ORIGINAL.withAutoaugment(true));
      case S_GHOSTNET_LARGE ->
          Recipe.ORIGINAL
              .with(Batching.ORIGINAL.withBatchSize(4))
              .with(Regularization.ORIGINAL.withDrop(0.2).withDropPath(0.2));
      case BIGNET_1X -> Recipe.ORIGINAL.with(Batching.ORIGINAL.withRanks(8));
      default -> Recipe.ORIGINAL;
    };
  }
}
