package ghostbeam.model.optimization;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The gradients of a network's parameters, accumulated over the batches of a step, one flat array
 * for each bucket. They are moved off the parameters after each batch, since synchronised batch
 * norm needs to find only the current batch's gradients there.
 */
public final class Gradients {
  private final List<Bucket> buckets;
  private final List<NDArray> flat = new ArrayList<>();

  /** Gradients for the trainable buckets among a network's; initially none. */
  public Gradients(List<Bucket> buckets) {
    this.buckets = buckets.stream().filter(Bucket::trainable).toList();
  }

  /** Adds the parameters' gradients and sets those to zero. */
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

  /** An array for each trainable bucket, in order. They may be modified; this object owns them. */
  public List<NDArray> flat() {
    return Collections.unmodifiableList(flat);
  }

  /** The Euclidean norm over all of them; not finite where any element is not. */
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

  /** Drops them. */
  public void clear() {
    flat.forEach(NDArray::close);
    flat.clear();
  }
}
