package ghostbeam.model.optimization;

/** The learning rate of each optimiser step, counted from 0. */
@FunctionalInterface
public interface Schedule {

  /** The learning rate of a step, float64. */
  double at(long step);

  /** What lies on half a cosine from one rate to another, {@code progress} from 0 to 1 along it. */
  static double alongCosine(double from, double to, double progress) {
    return to + (from - to) * (1 + Math.cos(Math.PI * progress)) / 2;
  }
}
