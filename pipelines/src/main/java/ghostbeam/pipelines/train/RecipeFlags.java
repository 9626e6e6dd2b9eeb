package ghostbeam.pipelines.train;

import ghostbeam.model.image.Interpolation;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.recipe.Batching;
import ghostbeam.model.recipe.LearningRate;
import ghostbeam.model.recipe.MixedPrecision;
import ghostbeam.model.recipe.Optimization;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.model.recipe.Regularization;
import ghostbeam.model.recipe.Views;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.launch.Launch;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The flags that set a recipe's settings, each named after its setting. */
public final class RecipeFlags {
  private static final List<RecipeFlag<? super TrainOptions, ?, ?>> OTHERS =
      List.of(
          new RecipeFlag<>(Batching::batchSize, TrainOptions::getBatchSize),
          new RecipeFlag<>(Batching::ranks, TrainOptions::getRanks),
          new RecipeFlag<>(Batching::accumulate, TrainOptions::getAccumulate),
          new RecipeFlag<>(Batching::syncBn, TrainOptions::isSyncBn),
          new RecipeFlag<>(Batching::dropTail, TrainOptions::isDropTail),
          new RecipeFlag<>(Optimization::opt, TrainOptions::getOpt),
          new RecipeFlag<>(Optimization::optEps, TrainOptions::getOptEps),
          new RecipeFlag<>(Optimization::momentum, TrainOptions::getMomentum),
          new RecipeFlag<>(Optimization::weightDecay, TrainOptions::getWeightDecay),
          new RecipeFlag<>(Optimization::clipNorm, TrainOptions::getClipNorm),
          new RecipeFlag<>(LearningRate::epochs, TrainOptions::getEpochs),
          new RecipeFlag<>(LearningRate::lrDecayStyle, TrainOptions::getLrDecayStyle),
          new RecipeFlag<>(LearningRate::lr, TrainOptions::getLr),
          new RecipeFlag<>(LearningRate::lrMax, TrainOptions::getLrMax),
          new RecipeFlag<>(LearningRate::lrEnd, TrainOptions::getLrEnd),
          new RecipeFlag<>(LearningRate::warmupEpochs, TrainOptions::getWarmupEpochs),
          new RecipeFlag<>(LearningRate.Stepped::warmupLr, TrainOptions::getWarmupLr),
          new RecipeFlag<>(LearningRate.Stepped::decayEpochs, TrainOptions::getDecayEpochs),
          new RecipeFlag<>(LearningRate.Stepped::decayRate, TrainOptions::getDecayRate),
          new RecipeFlag<>(Regularization::smoothing, TrainOptions::getSmoothing),
          new RecipeFlag<>(Regularization::drop, TrainOptions::getDrop),
          new RecipeFlag<>(Regularization::dropPath, TrainOptions::getDropPath),
          new RecipeFlag<>(Regularization::emaDecay, TrainOptions::getEmaDecay),
          new RecipeFlag<>(Regularization::emaWarmup, TrainOptions::isEmaWarmup),
          new RecipeFlag<>(MixedPrecision::ampLevel, TrainOptions::getAmpLevel),
          new RecipeFlag<>(MixedPrecision::lossScale, TrainOptions::getLossScale),
          new RecipeFlag<>(Views::cropFraction, TrainOptions::getCropFraction),
          new RecipeFlag<>(Views::interpolation, RecipeFlags::interpolation),
          new RecipeFlag<>(Recipe::seed, TrainOptions::getSeed));

  /** If the recipe's warm-up would take all epochs, it is cut to a third of them. */
  private static final int WARMUP_SHARE = 3;

  private RecipeFlags() {}

  /**
   * The network's base recipe with the flags that the user gave. A warm-up that was not given is
   * cut to less than the training.
   *
   * @throws IllegalArgumentException for an invalid flag
   */
  static Recipe recipe(TrainOptions options, Architecture architecture) {
    return recipe(base(options), options, architecture);
  }

  /** The same with another base recipe than the network's. */
  public static Recipe recipe(Recipe base, TrainOptions options, Architecture architecture) {
    Recipe ofNetwork =
        base.with(Batching::ranks, 1)
            .with(Views::interpolation, NetworkFlags.published(architecture));
    Set<String> given = given(options);
    Recipe set = set(ofNetwork, options, given);
    int epochs = set.learningRate().epochs();
    boolean tooLong = set.learningRate().warmupEpochs() >= epochs;
    return tooLong && given.contains("epochs") && !given.contains("warmupEpochs")
        ? set.with(LearningRate::warmupEpochs, epochs / WARMUP_SHARE)
        : set;
  }

  /** A recipe with some of the flags applied. */
  static Recipe set(Recipe recipe, TrainOptions options, Set<String> names) {
    return RecipeFlag.set(
        RecipeFlag.set(recipe, AugmentationFlags.ALL, options, names), OTHERS, options, names);
  }

  /** The base recipe that the user chose. */
  static Recipe base(TrainOptions options) {
    boolean own = !options.getLayers().isEmpty() || !options.getChannels().isEmpty();
    return options.getRecipe().of(own ? Recipe.ORIGINAL : options.getPreset().recipe());
  }

  /** The settings of the base recipe that the user did not give, as flags. */
  static Map<String, String> fromBase(TrainOptions options) {
    Map<String, String> flags = base(options).differences();
    flags.keySet().removeAll(given(options));
    flags.remove("ranks");
    return flags;
  }

  /** The names of the flags that the user gave. */
  public static Set<String> given(TrainOptions options) {
    return Launch.given(options).stream()
        .filter(name -> !name.equals("interpolation") || !isOfPreset(options))
        .collect(Collectors.toSet());
  }

  private static boolean isOfPreset(TrainOptions options) {
    return options.getInterpolation().equals("preset");
  }

  private static Interpolation interpolation(TrainOptions options) {
    return NetworkFlags.interpolation(
        options.getInterpolation(), Interpolation.titles() + " or preset");
  }
}
