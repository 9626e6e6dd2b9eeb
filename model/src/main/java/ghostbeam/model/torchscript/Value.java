package ghostbeam.model.torchscript;

import java.util.List;

/**
 * A tensor of the module's text: variables whose channels follow each other. Ghost modules give
 * two, and most of what follows takes them as they are, so that they are seldom copied together.
 */
record Value(List<Part> parts) {

  /** One variable, (N,channels,H,W). */
  record Part(String variable, int channels) {}

  static Value of(String variable, int channels) {
    return new Value(List.of(new Part(variable, channels)));
  }

  int channels() {
    return parts.stream().mapToInt(Part::channels).sum();
  }
}
