package ghostbeam.model.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.BitSetUtil;
import org.roaringbitmap.RoaringBitmap;

/**
 * Compares races of simulated checkpoints on 50,000 images with full evaluation, which gives those
 * that the report would mark as tied with the best.
 */
class RaceSimulationTest {
  private static final int IMAGES = 50_000;
  private static final int SEEDS = 100;

  /** The outcome of a race. */
  private record Outcome(Set<String> exact, Set<String> raced, long dropped, double cost) {}

  /** 4 at 79 % ± 0.05 %, and 28 from 55 % to 77.5 %, like the epochs of a training run. */
  @Test
  void findsTheFourBestOfThirtyTwoAtUnderHalfTheCost() {
    double[] rates = new double[32];
    for (int i = 0; i < 28; i++) {
      rates[i] = 0.55 + 0.225 * i / 27;
    }
    System.arraycopy(new double[] {0.7895, 0.79, 0.79, 0.7905}, 0, rates, 28, 4);
    List<Outcome> outcomes = simulate(rates);
    for (int seed = 0; seed < SEEDS; seed++) {
      Outcome outcome = outcomes.get(seed);
      assertEquals(outcome.exact, outcome.raced, "seed " + seed);
      assertTrue(outcome.cost < 0.5, "seed " + seed + " costs " + outcome.cost);
    }
    print("4 of 32 good", outcomes);
  }

  /** There are no differences: the error budget of 1 % covers all pairs and looks together. */
  @Test
  void equalsAreNotDropped() {
    double[] rates = new double[32];
    Arrays.fill(rates, 0.79);
    List<Outcome> outcomes = simulate(rates);
    long wrong = outcomes.stream().filter(outcome -> outcome.dropped > 0).count();
    assertTrue(wrong <= 2, () -> wrong + " of " + SEEDS + " races dropped an equal");
    print("32 equals", outcomes);
  }

  /** Where the others are only slightly worse, the race takes long, but finds the same set. */
  @Test
  void slightlyWorseOnesAreRacedForLong() {
    double[] rates = new double[32];
    Arrays.setAll(rates, i -> i < 28 ? 0.78 : 0.79);
    List<Outcome> outcomes = simulate(rates);
    for (int seed = 0; seed < SEEDS; seed++) {
      Outcome outcome = outcomes.get(seed);
      assertTrue(outcome.raced.containsAll(outcome.exact), "seed " + seed);
    }
    print("28 one point worse", outcomes);
  }

  private static List<Outcome> simulate(double[] rates) {
    return IntStream.range(0, SEEDS).parallel().mapToObj(seed -> simulate(rates, seed)).toList();
  }

  private static Outcome simulate(double[] rates, int seed) {
    Map<String, long[]> answers = answers(rates, seed);
    Map<String, RoaringBitmap> racing = hits(answers, answers.keySet(), IMAGES);
    Set<String> exact = tied(racing);
    Race race = new Race(rates.length);
    Set<String> left = new TreeSet<>(answers.keySet());
    long before = 0;
    long scored = 0;
    for (long look : Race.looks(IMAGES)) {
      scored += left.size() * (look - before);
      before = look;
      if (look < IMAGES) {
        left.removeAll(race.beaten(hits(answers, left, (int) look), List.of()).keySet());
      }
    }
    racing.keySet().retainAll(left);
    double cost = (double) scored / rates.length / IMAGES;
    return new Outcome(exact, tied(racing), rates.length - left.size(), cost);
  }

  /**
   * Which images each gets right, as bits. Four in five answers depend on an image's difficulty,
   * which is the same for all checkpoints; so two with 79 % disagree on 12 % of the images.
   */
  private static Map<String, long[]> answers(double[] rates, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] hardness = random.doubles(IMAGES).toArray();
    Map<String, long[]> answers = new TreeMap<>();
    for (int i = 0; i < rates.length; i++) {
      long[] words = new long[(IMAGES + 63) / 64];
      for (int image = 0; image < IMAGES; image++) {
        double own = random.nextDouble();
        double value = own < 0.8 ? hardness[image] : (own - 0.8) / 0.2;
        words[image / 64] |= value < rates[i] ? 1L << (image % 64) : 0;
      }
      answers.put("c%02d".formatted(i), words);
    }
    return answers;
  }

  private static Map<String, RoaringBitmap> hits(
      Map<String, long[]> answers, Set<String> names, int images) {
    Map<String, RoaringBitmap> hits = new TreeMap<>();
    for (String name : names) {
      long[] seen = Arrays.copyOf(answers.get(name), (images + 63) / 64);
      if (images % 64 != 0) {
        seen[seen.length - 1] &= (1L << (images % 64)) - 1;
      }
      hits.put(name, BitSetUtil.bitmapOf(seen));
    }
    return hits;
  }

  /** The best, and those that McNemar's test with Holm's correction cannot distinguish from it. */
  private static Set<String> tied(Map<String, RoaringBitmap> hits) {
    List<String> ranked = new ArrayList<>(hits.keySet());
    ranked.sort(Comparator.comparingInt(name -> -hits.get(name).getCardinality()));
    RoaringBitmap best = hits.get(ranked.get(0));
    double[] p =
        ranked.stream()
            .skip(1)
            .map(hits::get)
            .mapToDouble(
                other ->
                    Comparison.mcNemarMidP(
                        RoaringBitmap.andNotCardinality(other, best),
                        RoaringBitmap.andNotCardinality(best, other)))
            .toArray();
    double[] corrected = Comparison.holm(p);
    Set<String> tied = new HashSet<>(Set.of(ranked.get(0)));
    for (int i = 0; i < corrected.length; i++) {
      if (corrected[i] > 0.05) {
        tied.add(ranked.get(i + 1));
      }
    }
    return tied;
  }

  private static void print(String what, List<Outcome> outcomes) {
    System.out.printf(
        Locale.ROOT,
        "race, %s: %.1f %% of the exact pass (worst %.1f %%), same set in %d of %d, "
            + "an average of %.1f dropped%n",
        what,
        100 * outcomes.stream().mapToDouble(Outcome::cost).average().orElseThrow(),
        100 * outcomes.stream().mapToDouble(Outcome::cost).max().orElseThrow(),
        outcomes.stream().filter(outcome -> outcome.exact.equals(outcome.raced)).count(),
        outcomes.size(),
        outcomes.stream().mapToLong(Outcome::dropped).average().orElseThrow());
  }
}
