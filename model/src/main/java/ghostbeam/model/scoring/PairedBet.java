package ghostbeam.model.scoring;

import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * Tests on the same images whether one checkpoint is better than another, and may be looked at any
 * number of times.
 *
 * <p>Of the images that only one of the two gets right, the null hypothesis gives this one at most
 * half. The evidence against it is what a bettor holds who started with 1 and bet on each such
 * image at the odds of a fair coin, spread evenly over all probabilities p from ½ to 1: with w won
 * and l lost images, 2 ∫ (2p)^w (2(1−p))^l dp. Under the null hypothesis that is a nonnegative
 * supermartingale, so the chance that it ever reaches 1/α is at most α (Ville's inequality).
 * Robbins, "Statistical methods related to the law of the iterated logarithm", Annals of
 * Mathematical Statistics 41 (1970); Ramdas, Grünwald, Vovk and Shafer, "Game-theoretic statistics
 * and safe anytime-valid inference", Statistical Science 38 (2023).
 */
final class PairedBet {
  private PairedBet() {}

  /**
   * The natural logarithm of the evidence, an e-value.
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
