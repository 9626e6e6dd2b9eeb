package ghostbeam.model.scoring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.roaringbitmap.RoaringBitmap;

/**
 * One checkpoint against the best on the same records.
 *
 * @param onlyThis records that only this one gets right (Top-1)
 * @param onlyBest records that only the best one gets right
 * @param p two-sided mid-p of McNemar's exact test
 * @param pHolm {@code p} after Holm's correction over all comparisons
 */
public record Comparison(long onlyThis, long onlyBest, double p, double pHolm) {
  private static final double LEVEL = 0.05;

  /** True where the test at 5 % cannot distinguish this checkpoint from the best. */
  public boolean tied() {
    return pHolm > LEVEL;
  }

  /**
   * Compares each tally with the best one.
   *
   * @param others tallies of the same records as {@code best}, which is not among them
   * @return comparisons in the order of {@code others}
   */
  public static List<Comparison> withBest(Tally best, List<Tally> others) {
    return ofPairs(others, Collections.nCopies(others.size(), best));
  }

  /**
   * Compares each tally's Top-1 among the data's classes alone with the best one's.
   *
   * @param others tallies of the same records as {@code best}, which is not among them; all know
   *     more classes than the data has
   * @return comparisons in the order of {@code others}
   */
  public static List<Comparison> inDataset(Tally best, List<Tally> others) {
    return ofPairs(others, Collections.nCopies(others.size(), best), tally -> tally.sets.inDataset);
  }

  /**
   * Compares each tally with the one at the same index of the other list, which takes the role of
   * the best; Holm's correction is over all pairs.
   *
   * @return comparisons in the order of the lists
   */
  public static List<Comparison> ofPairs(List<Tally> these, List<Tally> those) {
    return ofPairs(these, those, tally -> tally.sets.top1);
  }

  private static List<Comparison> ofPairs(
      List<Tally> these, List<Tally> those, Function<Tally, RoaringBitmap> hits) {
    List<Comparison> raw = new ArrayList<>();
    for (int i = 0; i < these.size(); i++) {
      raw.add(uncorrected(these.get(i), those.get(i), hits));
    }
    double[] corrected = holm(raw.stream().mapToDouble(Comparison::p).toArray());
    List<Comparison> result = new ArrayList<>();
    for (int i = 0; i < corrected.length; i++) {
      Comparison c = raw.get(i);
      result.add(new Comparison(c.onlyThis, c.onlyBest, c.p, corrected[i]));
    }
    return result;
  }

  private static Comparison uncorrected(
      Tally other, Tally best, Function<Tally, RoaringBitmap> hits) {
    if (!other.sets.seen.equals(best.sets.seen)) {
      throw new IllegalArgumentException(
          "%s and %s saw different records".formatted(other.checkpoint, best.checkpoint));
    }
    long onlyThis = RoaringBitmap.andNotCardinality(hits.apply(other), hits.apply(best));
    long onlyBest = RoaringBitmap.andNotCardinality(hits.apply(best), hits.apply(other));
    double p = mcNemarMidP(onlyThis, onlyBest);
    return new Comparison(onlyThis, onlyBest, p, p);
  }

  /** The best checkpoint compared with itself. */
  public static Comparison ofBest() {
    return new Comparison(0, 0, 1, 1);
  }

  /**
   * Two-sided mid-p of McNemar's exact test: for a fair coin tossed once per discordant pair, twice
   * the probability of fewer heads than the smaller count, plus the probability of exactly that
   * count.
   */
  static double mcNemarMidP(long one, long other) {
    int discordant = Math.toIntExact(one + other);
    if (one == other) {
      return 1;
    }
    int smaller = (int) Math.min(one, other);
    BinomialDistribution coin = BinomialDistribution.of(discordant, 0.5);
    // cumulativeProbability(-1) is 0, so smaller = 0 is not a special case.
    return 2 * coin.cumulativeProbability(smaller - 1) + coin.probability(smaller);
  }

  /** Holm's step-down adjusted p-values, in the order given. */
  static double[] holm(double[] p) {
    int[] ascending =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[p.length];
    double floor = 0;
    for (int rank = 0; rank < ascending.length; rank++) {
      floor = Math.max(floor, Math.min(1, (p.length - rank) * p[ascending[rank]]));
      adjusted[ascending[rank]] = floor;
    }
    return adjusted;
  }

  /**
   * The number of records for which two tallies of the same records have different Top-1 answers.
   */
  public static long answersChanged(Tally one, Tally other) {
    RoaringBitmap wrong = RoaringBitmap.or(one.sets.seen, other.sets.seen);
    wrong.andNot(one.sets.top1);
    wrong.andNot(other.sets.top1);
    long changed = RoaringBitmap.xorCardinality(one.sets.top1, other.sets.top1);
    for (int record : wrong) {
      boolean same =
          one.confusion.predicted(record, Prediction.NONE)
              == other.confusion.predicted(record, Prediction.NONE);
      changed += same ? 0 : 1;
    }
    return changed;
  }
}
