package ghostbeam.pipelines.verdict;

import ghostbeam.model.scoring.Comparison;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint scored in two precisions.
 *
 * @param float32 its name in float32
 * @param bf16 its name in bf16
 * @param changed images whose Top-1 predictions differ
 * @param atLeast whether there may be more: predictions outside the data's classes count as one
 *     class
 */
public record Rounding(String float32, String bf16, long changed, boolean atLeast) {

  /** The number of changed predictions, for people. */
  public String count() {
    return (atLeast ? "at least " : "") + changed;
  }

  /** Pairs of rows, in their order; copies of a file make one. */
  static List<Rounding> of(List<Row> rows) {
    Map<Row.Identity, Row> exact = new HashMap<>();
    rows.forEach(row -> exact.putIfAbsent(row.identity(), row));
    Map<Row.Identity, Rounding> pairs = new LinkedHashMap<>();
    for (Row row : rows) {
      Row twin =
          exact.get(new Row.Identity(row.origin().digest(), row.preprocessing().inFloat32()));
      if (twin != null && !twin.identity().equals(row.identity())) {
        long changed = Comparison.answersChanged(row.tally(), twin.tally());
        pairs.putIfAbsent(
            row.identity(),
            new Rounding(twin.name(), row.name(), changed, row.inDataset() != null));
      }
    }
    return List.copyOf(pairs.values());
  }
}
