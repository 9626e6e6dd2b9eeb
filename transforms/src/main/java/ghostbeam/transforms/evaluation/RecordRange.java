package ghostbeam.transforms.evaluation;

import ghostbeam.model.record.Manifest;
import java.io.Serializable;

/**
 * Consecutive records of a dataset.
 *
 * @param from number of the first
 * @param to number after the last
 */
public record RecordRange(long from, long to) implements Serializable {
  public RecordRange {
    if (from < 0 || from > to) {
      throw new IllegalArgumentException("records " + from + " to " + to);
    }
  }

  /** All records of a split. */
  public static RecordRange all(Manifest manifest) {
    return new RecordRange(0, manifest.records());
  }
}
