package ghostbeam.model.optimization;

/**
 * One cycle (Smith 2018): half a cosine up, half a cosine down, changing at every step, with the
 * same momentum all along; PyTorch's {@code OneCycleLR} of two phases, whose {@code pct_start} is
 * {@code warmupSteps / totalSteps}.
 *
 * @param start rate at step 0, where there is warm-up of more than a step
 * @param peak rate at the last step of warm-up
 * @param end rate at the last step of all
 * @param warmupSteps steps of warm-up; without any, step 0 is the first below the peak
 * @param totalSteps steps in all
 */
public record OneCycle(double start, double peak, double end, long warmupSteps, long totalSteps)
    implements Schedule {
  @Override
  public double at(long step) {
    long top = warmupSteps - 1;
    return step < top
        ? Schedule.alongCosine(start, peak, (double) step / top)
        : Schedule.alongCosine(peak, end, (double) (step - top) / (totalSteps - warmupSteps));
  }
}
