package ghostbeam.transforms.evaluation;

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
}
