package ghostbeam.model.step;

import ghostbeam.model.input.BatchShare;
import java.util.random.RandomGenerator;

/**
 * What one forward pass in training needs beside the images.
 *
 * @param share which images of the step they are
 * @param random decides what is left out, the same on every rank
 * @param norm batch norm over all ranks' images; null for each rank's own
 */
record Pass(BatchShare share, RandomGenerator random, SynchronizedNorm norm) {

  /** Random numbers from 0 to below 1, as many for each image, the same however they are shared. */
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
