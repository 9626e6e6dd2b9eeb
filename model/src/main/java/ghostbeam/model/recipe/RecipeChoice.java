package ghostbeam.model.recipe;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;

/** Where settings come from that are not given. */
public enum RecipeChoice {
  /** The recipe of the network's published weights. */
  PUBLISHED("published", Optional.empty()),

  /**
   * For a few thousand images and a few minutes, where recipes for ImageNet make too few steps:
   * many small batches with a matching learning rate, a weight average that forgets the initial
   * weights, and crops that keep most of an image.
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
   * @param published the network's published recipe
   */
  public Recipe of(Recipe published) {
    return own.orElse(published);
  }

  /** The source of a value, to follow its name in messages. */
  public String source() {
    return source;
  }

  /** Its name for users. */
  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
