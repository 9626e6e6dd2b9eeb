package ghostbeam.transforms.evaluation;

import ghostbeam.model.codec.Pixels;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import java.nio.ByteBuffer;

/**
 * One batch as one view sees it, prepared once for all checkpoints of that view. Its off-heap
 * buffer is reused from batch to batch. Not thread-safe.
 */
final class ViewBatch {
  private final ValidationView view;
  private final ByteBuffer images;
  private int count;

  ViewBatch(ValidationView view, int capacity) {
    this.view = view;
    int bytesPerImage = view.inputSize() * view.inputSize() * 3;
    this.images = ByteBuffer.allocateDirect(Math.multiplyExact(capacity, bytesPerImage));
  }

  void clear() {
    images.clear();
    count = 0;
  }

  void add(Pixels image) {
    images.put(view.apply(image).rgb());
    count++;
  }

  /** Logits of the images added, row by row. */
  float[] logits(Classifier classifier) {
    return classifier.logits(images.duplicate().flip(), count, view.inputSize());
  }
}
