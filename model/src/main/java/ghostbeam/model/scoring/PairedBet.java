package ghostbeam.model.scoring;

import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * An anytime-valid test, on the same images, of whether one checkpoint is better than another: it
 * may be evaluated any number of times.
 *
 * <p>The null hypothesis is that this checkpoint gets right at most half of the images that only
 * one of the two gets right. The evidence against it is the wealth of a bettor who starts with 1
 * and bets on each such image at the odds of a fair coin, spreading the stake evenly over all
 * probabilities p from ½ to 1: with w wins and l losses, 2 ∫ (2p)^w (2(1−p))^l dp. Under the null
 * hypothesis this is a nonnegative supermartingale, so the probability that it ever reaches 1/α is
 * at most α (Ville's inequality). Robbins, "Statistical methods related to the law of the iterated
 * logarithm", Annals of Mathematical Statistics 41 (1970); Ramdas, Grünwald, Vovk and Shafer,
 * "Game-theoretic statistics and safe anytime-valid inference", Statistical Science 38 (2023).
 */
final class PairedBet {
  private PairedBet() {}

  /**
   * The natural logarithm of the e-value.
   *
   * @param won images that only this one gets right
   * @param lost images that only the other gets right
   */
  static double logEvidence(long won, long lost) {
    int discordant = Math.toIntExact(won + lost);
    // The integral is an incomplete beta function; with integers it is a sum of binomial
    // probabilities: 2 P(Bin(n + 1, ½) ≤ w) / ((n + 1) P(Bin(n, ½) = w)).
    double below = BinomialDistribution.of(discordant + 1, 0.5).cumulativeProbability((int) won);
    double exactly = BinomialDistribution.of(discordant, 0.5).logProbability((int) won);
    return Math.log(2 * below) - Math.log(discordant + 1.0) - exactly;
  }
}
