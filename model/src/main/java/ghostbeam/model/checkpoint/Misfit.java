package ghostbeam.model.checkpoint;

import java.util.ArrayList;
import java.util.List;

/** How a file's tensors differ from a network's, told in a line that people can read. */
final class Misfit {
  private static final int SHOWN = 10;
  private static final int LONGEST = 160;

  private final List<String> lacking = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();

  /** One of the network's that is missing or another; says so. */
  void lacks(String fault) {
    lacking.add(fault);
  }

  /** One of the file's that the network has not. */
  void holds(String name) {
    unknown.add(name);
  }

  boolean isNone() {
    return lacking.isEmpty() && unknown.isEmpty();
  }

  /** The first ten of each kind, and how many more there are. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    lacking.stream().limit(SHOWN).map(Misfit::cut).forEach(parts::add);
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
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
