package ghostbeam.model.recipe;

import com.fasterxml.jackson.annotation.JsonValue;
import ghostbeam.model.optimization.AdamW;
import ghostbeam.model.optimization.Bucket;
import ghostbeam.model.optimization.Momentum;
import ghostbeam.model.optimization.Optimizer;
import ghostbeam.model.optimization.RmsProp;
import ghostbeam.model.optimization.WeightDecay;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** The optimisers that a recipe can name. */
public enum OptimizerChoice {
  MOMENTUM(
      (all, how) -> new Momentum(all, how.momentum(), how.weightDecay(), WeightDecay.ALL_BUT_NORM)),
  SGD((all, how) -> new Momentum(all, how.momentum(), how.weightDecay(), WeightDecay.MATRICES)),
  RMSPROP(
      (all, how) ->
          new RmsProp(
              all,
              how.momentum(),
              how.optEps(),
              RmsProp.ORIGINAL_START,
              how.weightDecay(),
              WeightDecay.MATRICES)),
  ADAMW((all, how) -> new AdamW(all, how.momentum(), how.optEps(), how.weightDecay()));

  @SuppressWarnings("ImmutableEnumChecker") // captures nothing
  private final BiFunction<List<Bucket>, Optimization, Optimizer> maker;

  OptimizerChoice(BiFunction<List<Bucket>, Optimization, Optimizer> maker) {
    this.maker = maker;
  }

  Optimizer of(List<Bucket> buckets, Optimization how) {
    return maker.apply(buckets, how);
  }

  /** Its name in files and for users. */
  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
