package ghostbeam.model.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Which of a training run's two sets of weights a checkpoint holds. */
public enum WeightKind {
  /** As the optimiser left them. */
  RAW,
  /** Their exponential moving average. */
  EMA;

  /** Its name in files and for users. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind with this title; empty where there is none. */
  public static Optional<WeightKind> named(String title) {
    return Arrays.stream(values()).filter(kind -> kind.title().equals(title)).findFirst();
  }
}
