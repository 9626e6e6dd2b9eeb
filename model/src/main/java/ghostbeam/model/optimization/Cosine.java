package ghostbeam.model.optimization;

/**
 * Linear warm-up, then half a cosine, changing at every step.
 *
 * @param start rate at step 0
 * @param peak rate at the end of warm-up
 * @param end rate towards which the cosine falls
 * @param warmupSteps steps of warm-up; 0 for none
 * @param totalSteps total number of steps
 */
public record Cosine(double start, double peak, double end, long warmupSteps, long totalSteps)
    implements Schedule {
  @Override
  public double at(long step) {
    if (step < warmupSteps) {
      return Math.max(0, start + (peak - start) * step / warmupSteps);
    }
    double progress = (double) (step - warmupSteps) / (totalSteps - warmupSteps);
    return Math.max(0, Schedule.alongCosine(peak, end, progress));
  }
}
