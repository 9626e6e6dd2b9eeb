package ghostbeam.model.scoring;

/**
 * Why a checkpoint left a race.
 *
 * @param beatenBy the name of the one that beat it, by the strongest evidence
 * @param onlyThis records seen so far that only the beaten one gets right (Top-1)
 * @param onlyOther records that only the other gets right
 * @param log10Evidence decimal logarithm of the sequential test's e-value
 * @param log10Needed what it had to reach
 */
public record Defeat(
    String beatenBy, long onlyThis, long onlyOther, double log10Evidence, double log10Needed) {

  /** The same by one of another name. */
  public Defeat by(String name) {
    return new Defeat(name, onlyThis, onlyOther, log10Evidence, log10Needed);
  }
}
