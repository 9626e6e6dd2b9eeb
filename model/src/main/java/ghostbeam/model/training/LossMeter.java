package ghostbeam.model.training;

import ghostbeam.model.step.TrainingStep;

/**
 * Mean loss over the epoch's images and over those since the last log line, mean gradient norm
 * since then, and the number of the epoch's steps that learned nothing.
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

  /** Starts with what is known of an epoch that is resumed. */
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

  /** The number of steps whose gradients overflowed. */
  int skipped() {
    return skipped;
  }

  double mean() {
    return sum / images;
  }

  /** The log line for a finished step, over all steps since the last line. */
  LogLine.Step line(int epoch, long step, long steps, double rate) {
    return new LogLine.Step(
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
