package ghostbeam.model.optimization;

/**
 * The one-cycle policy (Smith 2018): half a cosine up, half a cosine down, changing at every step,
 * with constant momentum; PyTorch's {@code OneCycleLR} with two phases and {@code pct_start} =
 * {@code warmupSteps / totalSteps}.
 *
 * @param start rate at step 0, where warm-up has more than one step
 * @param peak rate at the last step of warm-up
 * @param end rate at the last step
 * @param warmupSteps steps of warm-up; if 0, step 0 is already below the peak
 * @param totalSteps total number of steps
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
