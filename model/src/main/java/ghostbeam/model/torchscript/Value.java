package ghostbeam.model.torchscript;

import java.util.List;

/**
 * A tensor in the module's source: variables whose channels are concatenated. Ghost modules yield
 * two, and most operations take them separately, so that they are rarely copied together.
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
