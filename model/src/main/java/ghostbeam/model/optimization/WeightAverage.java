package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The exponential moving average (EMA) of all tensors of a network, including batch norm's running
 * statistics: after each optimiser step, average ← decay · average + (1 − decay) · value, starting
 * from a copy of the tensors. With warm-up, the decay after step t, from 1, is (1 + t) / (10 + t)
 * until that exceeds the given decay, so that early averages soon forget the initial weights.
 */
public final class WeightAverage implements AutoCloseable {
  private final NDManager manager;
  private final double decay;
  private final List<Bucket> buckets;
  private final List<Bucket> averages = new ArrayList<>();

  /**
   * t so far, counted only with warm-up. Float32 counts only to 2²⁴, but by then warm-up is over.
   */
  private final Optional<NDArray> steps;

  /** The average of all tensors in the buckets. */
  public WeightAverage(List<Bucket> buckets, double decay, boolean warmsUp) {
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
    this.steps = warmsUp ? Optional.of(manager.zeros(new Shape(1))) : Optional.empty();
  }

  /** Adds the current values; must run without recording gradients. */
  public void update() {
    double now = steps.map(this::warmingUp).orElse(decay);
    for (int i = 0; i < buckets.size(); i++) {
      try (NDArray addend = buckets.get(i).values().mul(1 - now)) {
        averages.get(i).values().muli(now).addi(addend);
      }
    }
  }

  private double warmingUp(NDArray count) {
    double step = count.addi(1).toArray()[0].doubleValue();
    return Math.min(decay, (1 + step) / (10 + step));
  }

  /** The averages; this object owns them. */
  public List<Bucket> averages() {
    return Collections.unmodifiableList(averages);
  }

  /** The state arrays, always in the same order; not copies. */
  public List<NDArray> state() {
    return Stream.concat(averages.stream().map(Bucket::values), steps.stream()).toList();
  }

  @Override
  public void close() {
    manager.close();
  }
}
