package ghostbeam.model.scoring;

/**
 * Why a checkpoint left a race.
 *
 * @param beatenBy the name of the checkpoint with the strongest evidence of beating it
 * @param onlyThis records seen so far that only the beaten checkpoint gets right (Top-1)
 * @param onlyOther records that only the other gets right
 * @param log10Evidence decimal logarithm of the sequential test's e-value
 * @param log10Needed the threshold for {@code log10Evidence}
 */
public record Defeat(
    String beatenBy, long onlyThis, long onlyOther, double log10Evidence, double log10Needed) {

  /** The same defeat with another name for the winner. */
  public Defeat by(String name) {
    return new Defeat(name, onlyThis, onlyOther, log10Evidence, log10Needed);
  }
}
