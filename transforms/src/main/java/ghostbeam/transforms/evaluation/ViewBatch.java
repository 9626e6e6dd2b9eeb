package ghostbeam.transforms.evaluation;

import ghostbeam.model.codec.Pixels;
import ghostbeam.model.image.Normalization;
import ghostbeam.model.image.ValidationView;
import ghostbeam.model.inference.Classifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * One batch as one view sees it, prepared once for all checkpoints of that view. Its off-heap
 * buffer is reused from batch to batch. Not thread-safe.
 */
final class ViewBatch {
  private final ValidationView view;
  private final int capacity;
  private final int floatsPerImage;
  private final ByteBuffer images;
  private final FloatBuffer floats;

  ViewBatch(ValidationView view, int capacity) {
    this.view = view;
    this.capacity = capacity;
    this.floatsPerImage = view.inputSize() * view.inputSize() * 3;
    int bytes = Math.multiplyExact(Math.multiplyExact(capacity, floatsPerImage), Float.BYTES);
    this.images = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    this.floats = images.asFloatBuffer();
  }

  void clear() {
    floats.clear();
  }

  void add(Pixels image) {
    Normalization.putHwc(view.apply(image), floats);
  }

  /**
   * Logits of the images added, row by row, and of blank ones up to the capacity: kernels may round
   * differently for another batch size, and an image's logits must not depend on how many came with
   * it.
   */
  float[] logits(Classifier classifier) {
    FloatBuffer blank = floats.duplicate();
    while (blank.hasRemaining()) {
      blank.put(0);
    }
    return classifier.logits(images, capacity, view.inputSize());
  }
}
