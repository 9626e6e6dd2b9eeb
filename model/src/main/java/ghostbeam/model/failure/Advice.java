package ghostbeam.model.failure;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What to do about a failure.
 *
 * @param facts that go with the remedy, in its order
 */
public record Advice(Remedy remedy, List<String> facts) implements Serializable {

  public Advice {
    facts = List.copyOf(facts);
    if (facts.size() != remedy.facts()) {
      throw new IllegalArgumentException(
          "%s takes %d facts, found %s".formatted(remedy.name(), remedy.facts(), facts));
    }
  }

  static Advice of(Remedy remedy, Object... facts) {
    return new Advice(remedy, Arrays.stream(facts).map(String::valueOf).toList());
  }

  /** The remedy's name and its facts, as in {@code LOWER_LOSS_SCALE 1024.0}. */
  @Override
  public String toString() {
    return String.join(" ", Stream.concat(Stream.of(remedy.name()), facts.stream()).toList());
  }

  /**
   * The advice of a failure, or of the one that caused it where it repeats that one's words, as a
   * failure does that only adds where it happened.
   */
  public static Optional<Advice> about(Throwable failure) {
    Throwable told = failure;
    while (told != null) {
      Optional<Advice> own = told instanceof Advised advised ? advised.advice() : Optional.empty();
      if (own.isPresent()) {
        return own;
      }
      told = repeats(told, told.getCause()) ? told.getCause() : null;
    }
    return Optional.empty();
  }

  private static boolean repeats(Throwable failure, Throwable cause) {
    if (cause == null || failure.getMessage() == null) {
      return cause != null; // of a failure without words its cause's are told
    }
    return cause.getMessage() != null && failure.getMessage().contains(cause.getMessage());
  }
}
