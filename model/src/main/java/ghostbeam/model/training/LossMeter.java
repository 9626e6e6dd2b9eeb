package ghostbeam.model.training;

/** Means of the loss, over an epoch and since the last log line. */
final class LossMeter {
  private double sum;
  private long steps;
  private double recentSum;
  private long recentSteps;
  private long recentStart = System.nanoTime();

  void add(double loss) {
    sum += loss;
    steps++;
    recentSum += loss;
    recentSteps++;
  }

  double mean() {
    return sum / steps;
  }

  double recentMean() {
    return recentSum / recentSteps;
  }

  /** Steps per second since the last log line. */
  double recentPerSecond() {
    return recentSteps * 1e9 / (System.nanoTime() - recentStart);
  }

  void startRecent() {
    recentSum = 0;
    recentSteps = 0;
    recentStart = System.nanoTime();
  }
}
