package ghostbeam.model.checkpoint;

import java.util.ArrayList;
import java.util.List;

/** How a file's tensors differ from a network's, as one readable line. */
final class TensorMismatch {
  private static final int SHOWN = 10;
  private static final int MAX_LENGTH = 160;

  private final List<String> lacking = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();

  /** Adds one of the network's tensors that is missing or different, in words. */
  void addFault(String fault) {
    lacking.add(fault);
  }

  /** Adds one of the file's tensors that the network does not have. */
  void addUnknown(String name) {
    unknown.add(name);
  }

  boolean isNone() {
    return lacking.isEmpty() && unknown.isEmpty();
  }

  /** The first ten of each kind, and the number of others. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    lacking.stream().limit(SHOWN).map(TensorMismatch::cut).forEach(parts::add);
    if (lacking.size() > SHOWN) {
      parts.add("and %d more".formatted(lacking.size() - SHOWN));
    }
    unknown.stream().limit(SHOWN).forEach(name -> parts.add(cut(name) + " is unknown"));
    if (unknown.size() > SHOWN) {
      parts.add("and %d more are".formatted(unknown.size() - SHOWN));
    }
    return String.join("; ", parts);
  }

  private static String cut(String text) {
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
  }
}
