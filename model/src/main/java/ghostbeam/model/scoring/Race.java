package ghostbeam.model.scoring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.roaringbitmap.RoaringBitmap;

/**
 * Checkpoints that are scored side by side, round by round, on records in random order; after each
 * round those that are beaten beyond doubt leave.
 *
 * <p>One is beaten where {@link PairedBet} of any other against it reaches K (K − 1) / α for K
 * entrants. So, by the union bound over all ordered pairs and whatever the number of rounds, the
 * chance that any is ever dropped for one that is not better is at most α = {@value #ERROR_BUDGET}.
 * Better means: right more often among images like these, of which the dataset is a random sample.
 *
 * <p>A pure function of the hits: no order, parallelism or batch changes who leaves when.
 */
public final class Race {
  /** The chance of dropping any checkpoint for one that is not better. */
  public static final double ERROR_BUDGET = 0.01;

  private static final int FIRST_LOOK_PARTS = 64;
  private static final long SMALLEST_LOOK = 128;

  private final double logNeeded;

  /**
   * @param entrants checkpoints at the start
   */
  public Race(int entrants) {
    logNeeded = Math.log(entrants) + Math.log(entrants - 1.0) - Math.log(ERROR_BUDGET);
  }

  /**
   * Numbers of records after which a race looks who is beaten, ascending, the last one all: after a
   * 64th and then each time after half as many again, so that none runs much longer than it must.
   */
  public static List<Long> looks(long records) {
    List<Long> looks = new ArrayList<>();
    long next = Math.max(SMALLEST_LOOK, (records + FIRST_LOOK_PARTS - 1) / FIRST_LOOK_PARTS);
    while (next < records) {
      looks.add(next);
      next += (next + 1) / 2;
    }
    looks.add(records);
    return looks;
  }

  /**
   * Who is beaten by now; never the one with the most hits.
   *
   * @param hits by name the records seen so far that a checkpoint gets right, of those still in the
   *     race, all of which saw the same records
   * @param kept names that stay whatever happens
   * @return by name, in order of names
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

  /** The defeat of the strongest evidence, equals in order of names; null where none is enough. */
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
