package ghostbeam.pipelines.stores;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts bytes by object. */
final class Traffic {
  private final Map<String, Long> bytes = new ConcurrentHashMap<>();
  private final Map<String, Long> answers = new ConcurrentHashMap<>();

  void add(String key, long sent) {
    answers.merge(key, 1L, Long::sum);
    bytes.merge(key, sent, Long::sum); // last, since it is waited for
  }

  long bytes(String prefix) {
    return sum(bytes, prefix);
  }

  long answers(String prefix) {
    return sum(answers, prefix);
  }

  private static long sum(Map<String, Long> counts, String prefix) {
    return counts.entrySet().stream()
        .filter(e -> e.getKey().startsWith(prefix))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
