package ghostbeam.model.training;

import ghostbeam.model.step.TrainingStep;

/**
 * Means of the loss over images, over an epoch and since the last log line; of the gradient's norm
 * over the steps since then; and the epoch's steps that learned nothing.
 */
final class LossMeter {
  private double sum;
  private long images;
  private int skipped;
  private double recentSum;
  private long recentImages;
  private double recentNorms;
  private int recentLearned;
  private long recentStart = System.nanoTime();

  /** Goes on in the middle of an epoch. */
  LossMeter(double sum, long images, int skipped) {
    this.sum = sum;
    this.images = images;
    this.skipped = skipped;
  }

  void add(TrainingStep.Outcome step, int stepImages) {
    if (step.learned()) {
      recentNorms += step.gradientNorm();
      recentLearned++;
    } else {
      skipped++;
    }
    double loss = step.loss();
    sum += loss * stepImages;
    images += stepImages;
    recentSum += loss * stepImages;
    recentImages += stepImages;
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

  /** A line of what has been since the last one, at the end of one of a training's steps. */
  LogLine.Moment moment(int epoch, long step, long steps, double rate) {
    return new LogLine.Moment(
        epoch,
        step,
        steps,
        recentSum / recentImages,
        rate,
        recentImages * 1e9 / (System.nanoTime() - recentStart),
        recentLearned == 0 ? null : Double.valueOf(recentNorms / recentLearned));
  }

  void startRecent() {
    recentSum = 0;
    recentImages = 0;
    recentNorms = 0;
    recentLearned = 0;
    recentStart = System.nanoTime();
  }
}
