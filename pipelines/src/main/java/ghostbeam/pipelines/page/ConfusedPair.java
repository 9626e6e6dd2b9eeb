package ghostbeam.pipelines.page;

import ghostbeam.model.scoring.Tally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A pair of classes of which a checkpoint took one for the other, and the records where it did.
 *
 * @param label the true class
 * @param predicted what it was taken for
 * @param records ascending
 */
record ConfusedPair(int label, int predicted, List<Integer> records) {
  private static final Comparator<ConfusedPair> MOST_FIRST =
      Comparator.comparingInt((ConfusedPair pair) -> -pair.count())
          .thenComparingInt(ConfusedPair::label)
          .thenComparingInt(ConfusedPair::predicted);

  public int count() {
    return records.size();
  }

  /** All pairs, the most frequent first, ties in class order. */
  static List<ConfusedPair> of(Tally tally) {
    Map<Long, List<Integer>> records = new TreeMap<>();
    for (Tally.Mistake mistake : tally.mistakes()) {
      long pair = (long) mistake.label() * tally.classes() + mistake.predicted();
      records.computeIfAbsent(pair, unused -> new ArrayList<>()).add(mistake.record());
    }
    return records.entrySet().stream()
        .map(
            entry ->
                new ConfusedPair(
                    (int) (entry.getKey() / tally.classes()),
                    (int) (entry.getKey() % tally.classes()),
                    entry.getValue()))
        .sorted(MOST_FIRST)
        .toList();
  }
}
