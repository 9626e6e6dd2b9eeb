package ghostbeam.pipelines.verdict;

import ghostbeam.model.checkpoint.WeightKind;
import ghostbeam.model.scoring.Comparison;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Pairs of a training's raw and averaged weights after the same step, with the same preprocessing:
 * does averaging help? Copies of a file make one pair. Means of checkpoints have no single step.
 */
final class Averaging {
  /** Folders may have the same name on two machines; data and recipe then tell trainings apart. */
  private record Moment(
      String training,
      String data,
      String recipe,
      int epoch,
      long step,
      String architecture,
      Report.Preprocessing view) {
    static final Comparator<Moment> ORDER =
        Comparator.comparing(Moment::training)
            .thenComparingLong(Moment::step)
            .thenComparing(Moment::data)
            .thenComparing(Moment::recipe)
            .thenComparing(Moment::architecture)
            .thenComparing(moment -> moment.view().toString());
  }

  private Averaging() {}

  /** The pairs by training and step; Holm's correction is over all of them. */
  static List<Report.Pair> of(List<Row> rows) {
    Map<Moment, Row> raw = new TreeMap<>(Moment.ORDER);
    Map<Moment, Row> averaged = new TreeMap<>(Moment.ORDER);
    for (Row row : rows.stream().filter(row -> row.origin().meanOf() == null).toList()) {
      Moment moment =
          new Moment(
              row.training(),
              row.origin().trainedOn(),
              String.valueOf(row.origin().recipe()),
              row.origin().epoch(),
              row.origin().step(),
              row.origin().architecture(),
              row.preprocessing());
      Map<Moment, Row> side =
          row.origin().weights().equals(WeightKind.EMA.title()) ? averaged : raw;
      side.merge(moment, row, Averaging::preferred);
    }
    averaged.keySet().retainAll(raw.keySet());
    raw.keySet().retainAll(averaged.keySet());
    List<Row> ours = List.copyOf(averaged.values());
    List<Row> theirs = List.copyOf(raw.values());
    List<Comparison> comparisons =
        Comparison.ofPairs(
            ours.stream().map(Row::tally).toList(), theirs.stream().map(Row::tally).toList());
    List<Report.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      pairs.add(Report.Pair.of(theirs.get(i), ours.get(i), comparisons.get(i)));
    }
    return pairs;
  }

  /** Of two copies of a file, the one named after its epoch rather than best or last. */
  private static Row preferred(Row one, Row other) {
    boolean first = namesItsEpoch(one);
    if (first != namesItsEpoch(other)) {
      return first ? one : other;
    }
    return one.name().compareTo(other.name()) <= 0 ? one : other;
  }

  private static boolean namesItsEpoch(Row row) {
    return row.name().contains(String.format(Locale.ROOT, "%04d", row.origin().epoch()));
  }
}
