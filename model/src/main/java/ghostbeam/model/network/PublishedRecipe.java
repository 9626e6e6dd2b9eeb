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
              .with(Batching::batchSize, 32)
              .with(Batching::ranks, 32)
              .with(Batching::syncBn, true)
              .with(Optimization::opt, OptimizerChoice.MOMENTUM)
              .with(Optimization::weightDecay, 2e-5)
              .with(LearningRate::epochs, 450)
              .with(LearningRate::lr, 1e-4)
              .with(LearningRate::lrMax, 0.6)
              .with(LearningRate::warmupEpochs, 20)
              .with(Regularization::drop, 0.3)
              .with(Regularization::dropPath, 0.1)
              .with(Regularization::emaDecay, 0.97)
              .with(MixedPrecision::lossScale, 1024.0)
              .with(Views::autoaugment, true);
      case S_GHOSTNET_LARGE ->
          Recipe.ORIGINAL
              .with(Batching::batchSize, 4)
              .with(Regularization::drop, 0.2)
              .with(Regularization::dropPath, 0.2);
      case BIGNET_1X -> Recipe.ORIGINAL.with(Batching::ranks, 8);
      default -> Recipe.ORIGINAL;
    };
  }
}
