package ghostbeam.pipelines.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The shortest names that tell paths apart. */
public final class ShortNames {
  private ShortNames() {}

  /**
   * Each path's last part, and before it as many of the folders above as the paths that end alike
   * need to differ. Parts called {@code boring} are left out where they can be: with "checkpoints",
   * {@code a/checkpoints/best} and {@code b/checkpoints/best} become {@code a/best} and {@code
   * b/best}.
   *
   * @param paths distinct, with slashes
   * @return names by path, in the order of {@code paths}
   */
  public static Map<String, String> of(List<String> paths, String boring) {
    Map<String, List<String>> byLastPart =
        paths.stream().collect(Collectors.groupingBy(path -> suffix(path, boring, 1)));
    Map<String, String> names = new LinkedHashMap<>();
    for (String path : paths) {
      List<String> alike = byLastPart.get(suffix(path, boring, 1));
      names.put(path, shortest(alike, boring).apply(path));
    }
    return names;
  }

  private static Function<String, String> shortest(List<String> alike, String boring) {
    int deepest = alike.stream().mapToInt(path -> path.split("/+").length).max().orElse(1);
    for (String skipped : List.of(boring, "")) {
      for (int parts = 1; parts <= deepest; parts++) {
        int length = parts;
        Function<String, String> name = path -> suffix(path, skipped, length);
        if (new HashSet<>(alike.stream().map(name).toList()).size() == alike.size()) {
          return name;
        }
      }
    }
    return Function.identity();
  }

  private static String suffix(String path, String skipped, int length) {
    List<String> parts =
        new ArrayList<>(Arrays.stream(path.split("/+")).filter(p -> !p.isEmpty()).toList());
    if (!parts.stream().allMatch(skipped::equals)) {
      parts.removeIf(skipped::equals);
    }
    return String.join("/", parts.subList(Math.max(0, parts.size() - length), parts.size()));
  }
}
