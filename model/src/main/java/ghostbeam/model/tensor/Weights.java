package ghostbeam.model.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The tensors of one network by name: float32, row-major, on the heap, in network order. */
public final class Weights {
  private final List<TensorSpec> specs;
  private final Map<String, float[]> values;

  /**
   * Takes ownership of tensors, which must be exactly those of a network.
   *
   * @throws IllegalArgumentException naming every tensor that is missing, unknown or of another
   *     size
   */
  public Weights(List<TensorSpec> specs, Map<String, float[]> values) {
    this.specs = List.copyOf(specs);
    Map<String, float[]> ordered = new LinkedHashMap<>();
    StringBuilder faults = new StringBuilder();
    for (TensorSpec spec : specs) {
      float[] value = values.get(spec.name());
      if (value == null) {
        faults.append("; ").append(spec.name()).append(" is missing");
      } else if (value.length != spec.size()) {
        faults.append("; ").append(spec.name()).append(" has ").append(value.length);
        faults.append(" elements instead of ").append(spec.size());
      } else {
        ordered.put(spec.name(), value);
      }
    }
    for (String name : values.keySet()) {
      if (specs.stream().noneMatch(spec -> spec.name().equals(name))) {
        faults.append("; ").append(name).append(" is unknown");
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(
          "these are not the network's tensors: " + faults.substring(2));
    }
    this.values = Collections.unmodifiableMap(ordered);
  }

  /**
   * Initial weights for training, a pure function of the seed: convolutions He-uniform, dense
   * layers He-normal, biases 0, batch norm 1 and 0.
   */
  public static Weights initial(List<TensorSpec> specs, long seed) {
    SplittableRandom seeds = new SplittableRandom(seed);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (TensorSpec spec : specs) {
      values.put(spec.name(), initial(spec, seeds.split()));
    }
    return new Weights(specs, values);
  }

  private static float[] initial(TensorSpec spec, SplittableRandom random) {
    float[] value = new float[spec.size()];
    double bound = Math.sqrt(6.0 / spec.fanIn());
    double deviation = Math.sqrt(2.0 / spec.fanIn());
    for (int i = 0; i < value.length; i++) {
      value[i] =
          switch (spec.kind()) {
            case CONVOLUTION -> (float) random.nextDouble(-bound, bound);
            case DENSE -> (float) (deviation * random.nextGaussian());
            case BIAS, NORM_BIAS, NORM_MEAN -> 0;
            case NORM_WEIGHT, NORM_VARIANCE -> 1;
          };
    }
    return value;
  }

  /** Every tensor's name, kind and shape, in network order. */
  public List<TensorSpec> specs() {
    return specs;
  }

  /** The tensor's own array, not a copy. */
  public float[] get(String name) {
    float[] value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the network has no tensor " + name);
    }
    return value;
  }
}
