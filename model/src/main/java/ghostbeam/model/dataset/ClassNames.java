package ghostbeam.model.dataset;

import java.text.Normalizer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Comparison of two lists of classes, each in label order. */
public final class ClassNames {
  private ClassNames() {}

  /** Whether the names are merely the labels: 0, 1, 2 and so on. */
  public static boolean areNumbers(List<String> names) {
    return IntStream.range(0, names.size())
        .allMatch(label -> names.get(label).equals(Integer.toString(label)));
  }

  /** The first difference, in words; empty where there is none. */
  public static Optional<String> difference(List<String> own, List<String> others) {
    int common = Math.min(own.size(), others.size());
    for (int label = 0; label < common; label++) {
      String one = own.get(label);
      String other = others.get(label);
      if (!one.equals(other)) {
        return Optional.of(
            "class %d is '%s' in one and '%s' in the other%s"
                .formatted(label, one, other, alike(one, other)));
      }
    }
    if (own.size() == others.size()) {
      return Optional.empty();
    }
    List<String> longer = own.size() > common ? own : others;
    return Optional.of(
        "one has %d and the other %d, of which class %d is '%s'"
            .formatted(own.size(), others.size(), common, longer.get(common)));
  }

  private static String alike(String one, String other) {
    return normal(one).equals(normal(other))
        ? ", which look alike: accents are composed (NFC) in one, as on Linux,"
            + " and decomposed (NFD) in the other, as on macOS"
        : "";
  }

  private static String normal(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }
}
