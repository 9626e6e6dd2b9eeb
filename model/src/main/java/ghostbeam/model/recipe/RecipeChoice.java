package ghostbeam.model.recipe;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;

/** Where the settings come from that nobody gives. */
public enum RecipeChoice {
  /** How the weights that are known of the network were trained. */
  PUBLISHED("published", Optional.empty()),

  /**
   * For some thousand images and minutes, of which recipes for ImageNet make too few steps: many
   * small steps, a rate for them, averages that forget the first weights, crops that leave most of
   * an image.
   */
  SMALL(
      "the small recipe says",
      Optional.of(
          Recipe.ORIGINAL
              .with(Batching::batchSize, 32)
              .with(Optimization::opt, OptimizerChoice.MOMENTUM)
              .with(LearningRate::epochs, 30)
              .with(LearningRate::lrMax, 0.1)
              .with(LearningRate::warmupEpochs, 2)
              .with(Regularization::emaDecay, 0.99)
              .with(Regularization::emaWarmup, true)
              .with(Augmentations::colorJitter, 0.2)
              .with(Views::cropScale, 0.5)
              .with(Views::cropFraction, 1.0)));

  private final String source;

  @SuppressWarnings("ImmutableEnumChecker") // a record of records of plain values
  private final Optional<Recipe> own;

  RecipeChoice(String source, Optional<Recipe> own) {
    this.source = source;
    this.own = own;
  }

  /**
   * The recipe of a network.
   *
   * @param published the network's published one
   */
  public Recipe of(Recipe published) {
    return own.orElse(published);
  }

  /** Who says so, for people: as … has it. */
  public String source() {
    return source;
  }

  /** As people call it. */
  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
