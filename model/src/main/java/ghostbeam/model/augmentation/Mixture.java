package ghostbeam.model.augmentation;

import java.nio.FloatBuffer;
import java.util.random.RandomGenerator;

/** How the image pairs of one batch are mixed. */
public sealed interface Mixture {
  /** Leaves images unchanged. */
  Mixture NONE = new Blend(1);

  /** λ: the weight of an image itself, from 0 to 1; its partner's is the rest. */
  double lambda();

  /** Mixes each of two images with the other, in place; H×W×3. */
  void mix(FloatBuffer one, FloatBuffer other);

  /** Mixup: a weighted mean of whole images. */
  record Blend(double lambda) implements Mixture {
    private static final int CHUNK = 1024;

    @Override
    public void mix(FloatBuffer one, FloatBuffer other) {
      if (lambda == 1) {
        return;
      }
      float own = (float) lambda;
      float rest = (float) (1 - lambda);
      float[] ones = new float[CHUNK];
      float[] others = new float[CHUNK];
      for (int from = 0; from < one.capacity(); from += CHUNK) {
        int count = Math.min(CHUNK, one.capacity() - from);
        one.get(from, ones, 0, count);
        other.get(from, others, 0, count);
        for (int i = 0; i < count; i++) {
          float first = ones[i];
          ones[i] = first * own + others[i] * rest;
          others[i] = others[i] * own + first * rest;
        }
        one.put(from, ones, 0, count);
        other.put(from, others, 0, count);
      }
    }
  }

  /**
   * CutMix: each image's box comes from the other.
   *
   * @param side of the square images, in pixels
   */
  record Patch(Box box, int side) implements Mixture {

    /** A box of about 1 − λ of the image's area around a random centre, clipped to the image. */
    static Patch of(double lambda, int side, RandomGenerator random) {
      int half = (int) (side * Math.sqrt(1 - lambda)) / 2;
      int y = random.nextInt(side);
      int x = random.nextInt(side);
      int top = Math.max(0, y - half);
      int left = Math.max(0, x - half);
      int width = Math.min(side, x + half) - left;
      return new Patch(new Box(left, top, width, Math.min(side, y + half) - top), side);
    }

    /** From the box's actual area, not the λ it was drawn for. */
    @Override
    public double lambda() {
      return 1 - (double) box.width() * box.height() / ((double) side * side);
    }

    @Override
    public void mix(FloatBuffer one, FloatBuffer other) {
      float[] ones = new float[box.width() * 3];
      float[] others = new float[box.width() * 3];
      for (int y = 0; y < box.height(); y++) {
        int from = box.begin(y, side);
        one.get(from, ones);
        other.get(from, others);
        one.put(from, others);
        other.put(from, ones);
      }
    }
  }
}
