package ghostbeam.model.training;

import ghostbeam.model.step.TrainingStep;

/**
 * Means of the loss over images, over an epoch and since the last log line; and the epoch's steps
 * that learned nothing.
 */
final class LossMeter {
  private double sum;
  private long images;
  private int skipped;
  private double recentSum;
  private long recentImages;
  private long recentStart = System.nanoTime();

  /** Goes on in the middle of an epoch. */
  LossMeter(double sum, long images, int skipped) {
    this.sum = sum;
    this.images = images;
    this.skipped = skipped;
  }

  void add(TrainingStep.Outcome step, int batchSize) {
    skipped += step.learned() ? 0 : 1;
    double loss = step.loss();
    sum += loss * batchSize;
    images += batchSize;
    recentSum += loss * batchSize;
    recentImages += batchSize;
  }

  double sum() {
    return sum;
  }

  long images() {
    return images;
  }

  /** Steps whose gradients overflowed. */
  int skipped() {
    return skipped;
  }

  double mean() {
    return sum / images;
  }

  double recentMean() {
    return recentSum / recentImages;
  }

  /** Images per second since the last log line. */
  double recentPerSecond() {
    return recentImages * 1e9 / (System.nanoTime() - recentStart);
  }

  void startRecent() {
    recentSum = 0;
    recentImages = 0;
    recentStart = System.nanoTime();
  }
}
