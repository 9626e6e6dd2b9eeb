package ghostbeam.model.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The element-wise mean of several weights of one network, including batch norm's running
 * statistics. It is summed in double and rounded to float once.
 */
public final class WeightMean {
  private final List<TensorSpec> specs;
  private final Map<String, double[]> sums;
  private final int count;

  private WeightMean(List<TensorSpec> specs, Map<String, double[]> sums, int count) {
    this.specs = specs;
    this.sums = sums;
    this.count = count;
  }

  /** The mean of a single set of weights. */
  public static WeightMean of(Weights first) {
    Map<String, double[]> sums = new LinkedHashMap<>();
    first.specs().forEach(spec -> sums.put(spec.name(), new double[spec.size()]));
    return new WeightMean(first.specs(), sums, 0).plus(first);
  }

  /**
   * The mean with another set of weights, all with equal weight.
   *
   * @throws IllegalArgumentException if they belong to another network
   */
  public WeightMean plus(Weights more) {
    if (!more.specs().equals(specs)) {
      throw new IllegalArgumentException("weights of different networks have no mean");
    }
    Map<String, double[]> wider = new LinkedHashMap<>();
    sums.forEach(
        (name, sum) -> {
          float[] values = more.get(name);
          double[] total = sum.clone();
          for (int i = 0; i < total.length; i++) {
            total[i] += values[i];
          }
          wider.put(name, total);
        });
    return new WeightMean(specs, wider, count + 1);
  }

  /** The mean. */
  public Weights weights() {
    Map<String, float[]> means = new LinkedHashMap<>();
    sums.forEach(
        (name, sum) -> {
          float[] mean = new float[sum.length];
          for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / count);
          }
          means.put(name, mean);
        });
    return new Weights(specs, means);
  }
}
