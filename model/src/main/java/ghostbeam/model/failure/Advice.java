package ghostbeam.model.failure;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What to do about a failure.
 *
 * @param facts the remedy's facts, in the order it documents
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

  /**
   * The advice of a failure. A failure without advice of its own that merely repeats its cause's message, to add where it happened, passes on the cause's advice.
   */
  public static Optional<Advice> about(Throwable failure) {
    Throwable current = failure;
    while (current != null) {
      Optional<Advice> own = current instanceof Advised advised ? advised.advice() : Optional.empty();
      if (own.isPresent()) {
        return own;
      }
      current = repeats(current, current.getCause()) ? current.getCause() : null;
    }
    return Optional.empty();
  }

  private static boolean repeats(Throwable failure, Throwable cause) {
    if (cause == null || failure.getMessage() == null) {
      return cause != null; // without a message of its own, it is shown by its cause's
    }
    return cause.getMessage() != null && failure.getMessage().contains(cause.getMessage());
  }
}
