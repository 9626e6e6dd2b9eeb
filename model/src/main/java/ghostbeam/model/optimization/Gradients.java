package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The gradients of a network's parameters, added up over the batches of a step, each bucket's in
 * one flat array. They are taken off the parameters after each batch, where batch norm over several
 * ranks needs to find that batch's alone.
 */
public final class Gradients {
  private final List<Bucket> buckets;
  private final List<NDArray> flat = new ArrayList<>();

  /** Those of the trainable ones of a network's buckets; none yet. */
  public Gradients(List<Bucket> buckets) {
    this.buckets = buckets.stream().filter(Bucket::trainable).toList();
  }

  /** Adds what has gathered on the parameters, where it is set to zero. */
  public void gather() {
    boolean first = flat.isEmpty();
    for (int i = 0; i < buckets.size(); i++) {
      NDArray gradient = buckets.get(i).gradient();
      if (first) {
        flat.add(gradient);
      } else {
        try (gradient) {
          flat.get(i).addi(gradient);
        }
      }
      buckets.get(i).clearGradients();
    }
  }

  /** An array for each trainable bucket, in their order; they may be changed and stay here. */
  public List<NDArray> flat() {
    return Collections.unmodifiableList(flat);
  }

  /** Euclidean norm over all of them; not finite where one of them is not. */
  public double norm() {
    double norm = 0;
    for (NDArray part : flat) {
      try (NDArray ofPart = part.norm()) {
        norm = Math.hypot(norm, ofPart.toArray()[0].doubleValue());
      }
    }
    return norm;
  }

  /** Multiplies all of them. */
  public void scale(double factor) {
    if (factor != 1) {
      flat.forEach(part -> part.muli(factor));
    }
  }

  /** Forgets them. */
  public void clear() {
    flat.forEach(NDArray::close);
    flat.clear();
  }
}
