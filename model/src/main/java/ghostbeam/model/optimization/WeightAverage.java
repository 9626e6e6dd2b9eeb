package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The exponential moving average of every tensor of a network, batch norm's running statistics
 * included: after each optimiser step, average ← decay · average + (1 − decay) · value. It starts
 * as a copy of the tensors.
 */
public final class WeightAverage implements AutoCloseable {
  private final NDManager manager;
  private final double decay;
  private final List<Bucket> buckets;
  private final List<Bucket> averages = new ArrayList<>();

  /** The average of all tensors of these buckets. */
  public WeightAverage(List<Bucket> buckets, double decay) {
    if (!(decay > 0 && decay < 1)) {
      throw new IllegalArgumentException("a decay is between 0 and 1, found " + decay);
    }
    this.buckets = List.copyOf(buckets);
    this.decay = decay;
    this.manager = buckets.get(0).values().getManager().newSubManager();
    for (Bucket bucket : buckets) {
      NDArray copy = bucket.values().duplicate();
      copy.attach(manager);
      averages.add(bucket.with(copy));
    }
  }

  /** Takes the current values in; must run without recording gradients. */
  public void update() {
    for (int i = 0; i < buckets.size(); i++) {
      try (NDArray share = buckets.get(i).values().mul(1 - decay)) {
        averages.get(i).values().muli(decay).addi(share);
      }
    }
  }

  /** The averages; they stay this object's. */
  public List<Bucket> averages() {
    return Collections.unmodifiableList(averages);
  }

  @Override
  public void close() {
    manager.close();
  }
}
