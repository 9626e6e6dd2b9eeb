package ghostbeam.model.training;

/** Means of the loss over images, over an epoch and since the last log line. */
final class LossMeter {
  private double sum;
  private long images;
  private double recentSum;
  private long recentImages;
  private long recentStart = System.nanoTime();

  /** Goes on in the middle of an epoch. */
  LossMeter(double sum, long images) {
    this.sum = sum;
    this.images = images;
  }

  void add(double loss, int batchSize) {
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
