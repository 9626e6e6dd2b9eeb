package ghostbeam.model.inference;

import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.torchscript.UnfitModuleException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Random;

/** Runs a module on two images before anything depends on it. */
final class ModuleTrial {
  private static final int IMAGES = 2;

  /** Differences of logits, in parts of the largest, that arithmetic explains. */
  private static final float ALIKE = 0.01f;

  /**
   * Differences that batch norm in training exceeds by far. Dynamic quantisation, which chooses its
   * steps by all images of a batch, makes some hundredths in a deep network.
   */
  private static final float ROUNDED = 0.25f;

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
   * @param remedy where it does not take the input
   * @throws IOException with its path and what it said, where it does not take the input, gives no
   *     logits, or gives an image other ones beside another image
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
                + " gives an image other logits beside another image, as networks do in training;"
                + " call model.eval() and trace it again");
      }
      return new Found(classes, module.parameters());
    } catch (UncheckedIOException e) {
      throw new UnfitModuleException(
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

  /** Of the first image's logits, in parts of the largest. */
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
