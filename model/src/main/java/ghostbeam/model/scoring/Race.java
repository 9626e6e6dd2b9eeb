package ghostbeam.model.scoring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.roaringbitmap.RoaringBitmap;

/**
 * A race of checkpoints, scored round by round on the same records in random order; after each
 * round, those that are significantly beaten leave.
 *
 * <p>A checkpoint is beaten when the {@link PairedBet} of any other against it reaches K (K − 1) /
 * α for K entrants. So, by the union bound over all ordered pairs and for any number of rounds, the
 * probability that any checkpoint is ever dropped in favour of one that is not better is at most α
 * = {@value #ERROR_BUDGET}. Better means: right more often on the population of which the dataset
 * is a random sample.
 *
 * <p>A pure function of the hits, independent of order, parallelism and batch size.
 */
public final class Race {
  /** The probability of ever dropping a checkpoint in favour of one that is not better. */
  public static final double ERROR_BUDGET = 0.01;

  private static final int FIRST_LOOK_PARTS = 64;
  private static final long MIN_FIRST_LOOK = 128;

  private final double logNeeded;

  /**
   * @param entrants number of checkpoints at the start
   */
  public Race(int entrants) {
    logNeeded = Math.log(entrants) + Math.log(entrants - 1.0) - Math.log(ERROR_BUDGET);
  }

  /**
   * The numbers of records after which a race checks who is beaten, ascending; the last is all
   * records. The first is a 64th, each later one half as many again, so that no beaten checkpoint
   * runs much longer than necessary.
   */
  public static List<Long> looks(long records) {
    List<Long> looks = new ArrayList<>();
    long next = Math.max(MIN_FIRST_LOOK, (records + FIRST_LOOK_PARTS - 1) / FIRST_LOOK_PARTS);
    while (next < records) {
      looks.add(next);
      next += (next + 1) / 2;
    }
    looks.add(records);
    return looks;
  }

  /**
   * The checkpoints beaten so far, never the one with the most hits.
   *
   * @param hits for each checkpoint still in the race, by name, the records seen so far that it
   *     gets right; all must have seen the same records
   * @param kept names of checkpoints that are never dropped
   * @return defeats by name, in order of names
   */
  public Map<String, Defeat> beaten(Map<String, RoaringBitmap> hits, Collection<String> kept) {
    Map<String, Defeat> beaten = new TreeMap<>();
    hits.forEach(
        (name, own) -> {
          Defeat defeat = strongest(name, own, hits);
          if (defeat != null && !kept.contains(name)) {
            beaten.put(name, defeat);
          }
        });
    return beaten;
  }

  /**
   * The defeat with the strongest evidence, of equal ones the first by name; null where no evidence
   * suffices.
   */
  private Defeat strongest(String name, RoaringBitmap own, Map<String, RoaringBitmap> hits) {
    Defeat strongest = null;
    for (Map.Entry<String, RoaringBitmap> other : new TreeMap<>(hits).entrySet()) {
      long won = RoaringBitmap.andNotCardinality(other.getValue(), own);
      long lost = RoaringBitmap.andNotCardinality(own, other.getValue());
      double evidence = won > lost ? PairedBet.logEvidence(won, lost) : 0;
      double log10 = evidence / Math.log(10);
      boolean enough = evidence >= logNeeded && !other.getKey().equals(name);
      if (enough && (strongest == null || log10 > strongest.log10Evidence())) {
        strongest = new Defeat(other.getKey(), lost, won, log10, logNeeded / Math.log(10));
      }
    }
    return strongest;
  }
}
