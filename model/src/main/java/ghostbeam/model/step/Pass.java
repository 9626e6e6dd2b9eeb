package ghostbeam.model.step;

import ghostbeam.model.input.BatchShare;
import java.util.random.RandomGenerator;

/**
 * What a training forward pass needs besides the images.
 *
 * @param share which of the step's images they are
 * @param random generator for dropout and drop path, the same on every rank
 * @param norm synchronised batch norm; null for each rank's own statistics
 */
record Pass(BatchShare share, RandomGenerator random, SynchronizedNorm norm) {

  /**
   * Random numbers in [0, 1), equally many for each image, independent of how images are shared
   * among ranks.
   */
  double[] draws(int eachImage) {
    skip((long) share.first() * eachImage);
    double[] draws = new double[share.count() * eachImage];
    for (int i = 0; i < draws.length; i++) {
      draws[i] = random.nextDouble();
    }
    skip((long) (share.stepImages() - share.first() - share.count()) * eachImage);
    return draws;
  }

  private void skip(long draws) {
    for (long i = 0; i < draws; i++) {
      random.nextDouble();
    }
  }
}
