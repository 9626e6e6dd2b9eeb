package ghostbeam.model.inference;

import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.torchscript.InvalidModuleException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Random;

/** Tries a module on two images before a job depends on it. */
final class ModuleTrial {
  private static final int IMAGES = 2;

  /** Relative difference of logits that rounding explains. */
  private static final float ALIKE = 0.01f;

  /**
   * Relative difference that batch norm in training mode far exceeds. Dynamic quantisation, whose
   * steps depend on the whole batch, causes some hundredths in a deep network.
   */
  private static final float ROUNDED = 0.25f;

  private ModuleTrial() {}

  /**
   * What the trial found.
   *
   * @param classes width of the logits
   * @param parameters number of elements of its parameters
   */
  record Found(int classes, long parameters) {}

  /**
   * Tries a module.
   *
   * @param remedy for a module that does not accept the input
   * @throws IOException with its path and its message, where it does not accept the input, does not
   *     return logits, or returns logits for an image that depend on the rest of the batch
   */
  static Found of(String path, byte[] file, ModuleInput input, int side, ModelRemedy remedy)
      throws IOException {
    byte[] first = new byte[side * side * 3];
    byte[] second = new byte[first.length];
    new Random(1).nextBytes(first);
    new Random(2).nextBytes(second);
    try (Classifier module = Classifier.of(path, file, input, Classifier.ANY_CLASSES)) {
      float[] logits = logits(module, side, first, second);
      float[] again = logits(module, side, first, new byte[first.length]);
      int classes = logits.length / IMAGES;
      float difference = difference(classes, logits, again);
      if (difference > ROUNDED
          || (difference > ALIKE
              && difference(classes, logits, logits(module, side, first, second)) > ALIKE)) {
        throw new IOException(
            path
                + " returns logits for an image that depend on the rest of the batch, as in training mode;"
                + " call model.eval() and trace it again");
      }
      return new Found(classes, module.parameters());
    } catch (UncheckedIOException e) {
      throw new InvalidModuleException(
          "%s; it was given two images as %s of side %d"
              .formatted(e.getCause().getMessage(), input.title(), side),
          remedy.with(),
          e);
    }
  }

  private static float[] logits(Classifier module, int side, byte[]... images) {
    ByteBuffer batch = ByteBuffer.allocateDirect(IMAGES * images[0].length);
    for (byte[] image : images) {
      batch.put(image);
    }
    return module.logits(batch.flip(), IMAGES, side);
  }

  /** The largest difference between the first image's logits, relative to the largest of them. */
  private static float difference(int classes, float[] logits, float[] again) {
    float largest = 0;
    float difference = 0;
    for (int i = 0; i < classes; i++) {
      largest = Math.max(largest, Math.abs(logits[i]));
      difference = Math.max(difference, Math.abs(logits[i] - again[i]));
    }
    return difference == 0 ? 0 : difference / largest;
  }
}
