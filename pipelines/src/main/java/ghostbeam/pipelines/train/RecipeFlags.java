package ghostbeam.pipelines.train;

import ghostbeam.model.image.Interpolation;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.network.Preset;
import ghostbeam.model.network.PublishedRecipe;
import ghostbeam.model.recipe.Recipe;
import ghostbeam.pipelines.cli.NetworkFlags;
import ghostbeam.pipelines.cli.UsageException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.apache.beam.sdk.transforms.display.DisplayData;

/** The flags that say a recipe's settings, and are named as those are. */
final class RecipeFlags {
  private static final List<RecipeFlag> ALL =
      List.of(
          flag("batchSize", (r, o) -> r.with(r.batching().withBatchSize(o.getBatchSize()))),
          flag("ranks", (r, o) -> r.with(r.batching().withRanks(o.getRanks()))),
          flag("syncBn", (r, o) -> r.with(r.batching().withSyncBn(o.isSyncBn()))),
          flag("dropTail", (r, o) -> r.with(r.batching().withDropTail(o.isDropTail()))),
          flag("opt", (r, o) -> r.with(r.optimization().withOpt(o.getOpt()))),
          flag("optEps", (r, o) -> r.with(r.optimization().withOptEps(o.getOptEps()))),
          flag("momentum", (r, o) -> r.with(r.optimization().withMomentum(o.getMomentum()))),
          flag(
              "weightDecay",
              (r, o) -> r.with(r.optimization().withWeightDecay(o.getWeightDecay()))),
          flag("epochs", (r, o) -> r.with(r.learningRate().withEpochs(o.getEpochs()))),
          flag(
              "lrDecayStyle",
              (r, o) -> r.with(r.learningRate().withLrDecayStyle(o.getLrDecayStyle()))),
          flag("lr", (r, o) -> r.with(r.learningRate().withLr(o.getLr()))),
          flag("lrMax", (r, o) -> r.with(r.learningRate().withLrMax(o.getLrMax()))),
          flag("lrEnd", (r, o) -> r.with(r.learningRate().withLrEnd(o.getLrEnd()))),
          flag("warmupLr", (r, o) -> r.with(r.learningRate().withWarmupLr(o.getWarmupLr()))),
          flag(
              "warmupEpochs",
              (r, o) -> r.with(r.learningRate().withWarmupEpochs(o.getWarmupEpochs()))),
          flag(
              "decayEpochs",
              (r, o) -> r.with(r.learningRate().withDecayEpochs(o.getDecayEpochs()))),
          flag("decayRate", (r, o) -> r.with(r.learningRate().withDecayRate(o.getDecayRate()))),
          flag("smoothing", (r, o) -> r.with(r.regularization().withSmoothing(o.getSmoothing()))),
          flag("drop", (r, o) -> r.with(r.regularization().withDrop(o.getDrop()))),
          flag("dropPath", (r, o) -> r.with(r.regularization().withDropPath(o.getDropPath()))),
          flag("emaDecay", (r, o) -> r.with(r.regularization().withEmaDecay(o.getEmaDecay()))),
          flag("ampLevel", (r, o) -> r.with(r.mixedPrecision().withAmpLevel(o.getAmpLevel()))),
          flag("lossScale", (r, o) -> r.with(r.mixedPrecision().withLossScale(o.getLossScale()))),
          flag("autoaugment", (r, o) -> r.with(r.views().withAutoaugment(o.isAutoaugment()))),
          flag("colorJitter", (r, o) -> r.with(r.views().withColorJitter(o.getColorJitter()))),
          flag("cropScale", (r, o) -> r.with(r.views().withCropScale(o.getCropScale()))),
          flag("cropFraction", (r, o) -> r.with(r.views().withCropFraction(o.getCropFraction()))),
          flag("interpolation", RecipeFlags::interpolation),
          flag("seed", (r, o) -> r.withSeed(o.getSeed())));

  /** One flag, and what it sets. */
  private record RecipeFlag(String name, BiFunction<Recipe, TrainOptions, Recipe> set) {}

  private RecipeFlags() {}

  private static RecipeFlag flag(String name, BiFunction<Recipe, TrainOptions, Recipe> set) {
    return new RecipeFlag(name, set);
  }

  /**
   * The published recipe of the network, with what the user says otherwise.
   *
   * @throws IllegalArgumentException for a flag that cannot be
   */
  static Recipe recipe(TrainOptions options, Architecture architecture) {
    Recipe published = published(options);
    Recipe usual =
        published
            .with(published.batching().withRanks(Recipe.ORIGINAL.batching().ranks()))
            .with(published.views().withInterpolation(NetworkFlags.published(architecture)));
    return set(usual, options, given(options));
  }

  /** A recipe with what some of the flags say. */
  static Recipe set(Recipe recipe, TrainOptions options, Set<String> names) {
    Recipe set = recipe;
    for (RecipeFlag flag : ALL) {
      if (names.contains(flag.name)) {
        set = flag.set.apply(set, options);
      }
    }
    return set;
  }

  /** How the weights that are known of the network were trained. */
  static Recipe published(TrainOptions options) {
    boolean own = !options.getLayers().isEmpty() || !options.getChannels().isEmpty();
    return own ? Recipe.ORIGINAL : PublishedRecipe.of(Preset.named(options.getPreset()));
  }

  /** The flags that would say what the published recipe sets and the user does not. */
  static Map<String, String> fromPublished(TrainOptions options) {
    Map<String, String> flags = published(options).differences();
    flags.keySet().removeAll(given(options));
    flags.remove("ranks");
    return flags;
  }

  private static Set<String> given(TrainOptions options) {
    return DisplayData.from(options).items().stream()
        .map(DisplayData.Item::getKey)
        .collect(Collectors.toSet());
  }

  private static Recipe interpolation(Recipe recipe, TrainOptions options) {
    String name = options.getInterpolation();
    if (name.equals("preset")) {
      return recipe;
    }
    return Interpolation.named(name)
        .map(chosen -> recipe.with(recipe.views().withInterpolation(chosen)))
        .orElseThrow(
            () ->
                new UsageException(
                    "--interpolation=%s cannot be; expected opencv, pillow or preset"
                        .formatted(name)));
  }
}
