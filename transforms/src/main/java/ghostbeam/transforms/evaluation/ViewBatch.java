package ghostbeam.transforms.evaluation;

import ghostbeam.model.codec.Pixels;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import java.nio.ByteBuffer;

/**
 * One batch preprocessed for one view, shared by all checkpoints with that view: uint8 N×H×W×3 in
 * an off-heap buffer that is reused between batches. Not thread-safe.
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

  /** Logits of the images added, shape (images, classes), row by row. */
  float[] logits(Classifier classifier) {
    return classifier.logits(images.duplicate().flip(), count, view.inputSize());
  }
}
