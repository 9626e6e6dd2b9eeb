package ghostbeam.pipelines.verdict;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import ghostbeam.model.scoring.Defeat;

/**
 * Why a checkpoint left a race: the one that beat it, records that only one of them gets right, and
 * the decimal logarithms of the evidence and of what was needed; see {@link Defeat}.
 */
@JsonPropertyOrder({"beatenBy", "onlyThis", "onlyOther", "log10Evidence", "log10Needed"})
public record Partial(
    String beatenBy, long onlyThis, long onlyOther, double log10Evidence, double log10Needed) {
  /** Of a defeat; null of null. */
  public static Partial of(Defeat defeat) {
    return defeat == null
        ? null
        : new Partial(
            defeat.by(),
            defeat.onlyThis(),
            defeat.onlyOther(),
            defeat.log10Evidence(),
            defeat.log10Needed());
  }

  /** The same by one of another name. */
  Partial by(String name) {
    return new Partial(name, onlyThis, onlyOther, log10Evidence, log10Needed);
  }
}
