package ghostbeam.model.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Random;

/** Runs a module on two images before anything depends on it. */
final class ModuleTrial {
  private static final int IMAGES = 2;

  /** Beyond what arithmetic may do, and much less than batch norm or dropout in training do. */
  private static final float ALIKE = 0.01f;

  private ModuleTrial() {}

  /**
   * What came out.
   *
   * @param classes width of the logits
   * @param parameters numbers that it calls so; 0 where it has none
   */
  record Found(int classes, long parameters) {}

  /**
   * Runs it.
   *
   * @throws IOException with its path and what it said, where it does not take the input, gives no
   *     logits, or gives an image other ones beside another image
   */
  static Found of(String path, byte[] file, ModuleInput input, int side) throws IOException {
    byte[] first = new byte[side * side * 3];
    byte[] second = new byte[first.length];
    new Random(1).nextBytes(first);
    new Random(2).nextBytes(second);
    try (Classifier module = Classifier.of(path, file, input, Classifier.ANY_CLASSES)) {
      float[] logits = logits(module, side, first, second);
      float[] again = logits(module, side, first, new byte[first.length]);
      int classes = logits.length / IMAGES;
      requireAlike(path, classes, logits, again);
      return new Found(classes, module.parameters());
    } catch (UncheckedIOException e) {
      throw new IOException(
          "%s; it was given two images as %s of side %d: say what it takes by --moduleInput and --inputSize"
              .formatted(e.getCause().getMessage(), input.title(), side),
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

  private static void requireAlike(String path, int classes, float[] logits, float[] again)
      throws IOException {
    float largest = 0;
    float difference = 0;
    for (int i = 0; i < classes; i++) {
      largest = Math.max(largest, Math.abs(logits[i]));
      difference = Math.max(difference, Math.abs(logits[i] - again[i]));
    }
    if (difference > ALIKE * largest) {
      throw new IOException(
          path
              + " gives an image other logits beside another image, as networks do in training; call"
              + " model.eval() and trace it again");
    }
  }
}
