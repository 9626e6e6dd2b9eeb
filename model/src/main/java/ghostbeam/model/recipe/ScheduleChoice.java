package ghostbeam.model.recipe;

import com.fasterxml.jackson.annotation.JsonValue;
import ghostbeam.model.optimization.Cosine;
import ghostbeam.model.optimization.CosineStep;
import ghostbeam.model.optimization.OneCycle;
import ghostbeam.model.optimization.Schedule;
import java.util.Locale;
import java.util.function.BiFunction;

/** The schedules that a recipe can name. */
public enum ScheduleChoice {
  COSINE(
      true,
      (how, steps) ->
          new Cosine(
              how.lr(),
              how.lrMax(),
              how.lrEnd(),
              how.warmupEpochs() * steps,
              how.epochs() * steps)),
  COSINE_STEP(
      false,
      (how, steps) ->
          new CosineStep(
              how.stepped().warmupLr(),
              how.lr(),
              how.warmupEpochs(),
              how.stepped().decayEpochs(),
              how.stepped().decayRate(),
              steps)),
  ONE_CYCLE(
      true,
      (how, steps) ->
          new OneCycle(
              how.lr(),
              how.lrMax(),
              how.lrEnd(),
              how.warmupEpochs() * steps,
              how.epochs() * steps));

  private final boolean climbing;

  @SuppressWarnings("ImmutableEnumChecker") // captures nothing
  private final BiFunction<LearningRate, Long, Schedule> maker;

  ScheduleChoice(boolean climbing, BiFunction<LearningRate, Long, Schedule> maker) {
    this.climbing = climbing;
    this.maker = maker;
  }

  /** Whether warm-up climbs from {@code lr} to {@code lrMax}, so that both matter. */
  public boolean climbs() {
    return climbing;
  }

  Schedule of(LearningRate how, long stepsPerEpoch) {
    return maker.apply(how, stepsPerEpoch);
  }

  /** Its name in files and for users. */
  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
