package ghostbeam.model.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Operations on 8-bit samples, one int for each lane, or packed into words of four.
 *
 * <p>The loops over ints have the shape that the JIT compiler vectorises: whole arrays, from 0, few
 * at once, no minimum or maximum. What it cannot vectorise, such as widening bytes to ints or
 * changing strides, is done on words.
 */
final class PackedSamples {
  /** Samples in a word. */
  static final int WORD = 4;

  private static final int BITS = PillowAxis.PRECISION_BITS;
  private static final int HALF = 1 << (BITS - 1);
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle PAIRS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private PackedSamples() {}

  /** The number of words that hold the given number of samples. */
  static int words(int samples) {
    return (samples + WORD - 1) / WORD;
  }

  /** Reads two adjacent words every {@code stride} bytes; samples past the array's end are 0. */
  static void load(byte[] from, int start, int stride, int count, int[] left, int[] right) {
    int at = start;
    int whole = Math.floorDiv(from.length - 2 * WORD - start, stride) + 1;
    whole = Math.max(0, Math.min(count, whole));
    for (int i = 0; i < whole; i++) {
      long pair = (long) PAIRS.get(from, at);
      left[i] = (int) pair;
      right[i] = (int) (pair >>> Integer.SIZE);
      at += stride;
    }
    for (int i = whole; i < count; i++) {
      left[i] = last(from, at);
      right[i] = last(from, at + WORD);
      at += stride;
    }
  }

  private static int last(byte[] from, int at) {
    int word = 0;
    for (int i = at; i < Math.min(at + WORD, from.length); i++) {
      word |= (from[i] & 0xFF) << (Byte.SIZE * (i - at));
    }
    return word;
  }

  /** Writes the given number of samples contiguously. */
  static void store(int[] words, int samples, byte[] to, int start) {
    int whole = samples / WORD;
    for (int i = 0; i < whole; i++) {
      WORDS.set(to, start + WORD * i, words[i]);
    }
    for (int i = WORD * whole; i < samples; i++) {
      to[start + i] = (byte) (words[whole] >>> (Byte.SIZE * (i % WORD)));
    }
  }

  /** Unpacks words: each array gets the samples of one position within the words. */
  static void split(int[] words, int[] first, int[] second, int[] third, int[] fourth) {
    for (int i = 0; i < first.length; i++) {
      first[i] = words[i] & 0xFF;
    }
    for (int i = 0; i < second.length; i++) {
      second[i] = (words[i] >>> 8) & 0xFF;
    }
    for (int i = 0; i < third.length; i++) {
      third[i] = (words[i] >>> 16) & 0xFF;
    }
    for (int i = 0; i < fourth.length; i++) {
      fourth[i] = words[i] >>> 24;
    }
  }

  /** The inverse of {@link #split}. */
  static void join(int[][] samples, int[] words) {
    join(samples[0], samples[1], samples[2], samples[3], words);
  }

  private static void join(int[] first, int[] second, int[] third, int[] fourth, int[] words) {
    for (int i = 0; i < words.length; i++) {
      words[i] = first[i] | second[i] << 8 | third[i] << 16 | fourth[i] << 24;
    }
  }

  /**
   * One output position of an axis, for all lanes: the weighted sum of its inputs, rounded and
   * clipped to 8 bits.
   *
   * @param inputs ring buffer with input position p at {@code (at + (p - first) * step) %
   *     inputs.length}
   * @param at index of the position's first input
   */
  static void weigh(
      PillowAxis axis, int position, int[][] inputs, int at, int step, int[] outputs) {
    int[] weights = axis.weights();
    int weight = position * axis.taps();
    int end = weight + axis.counts()[position];
    int[] none = inputs[at];
    int input = at;
    boolean started = false;
    while (weight < end) {
      int[] a = inputs[input];
      input = (input + step) % inputs.length;
      int[] b = weight + 1 < end ? inputs[input] : none;
      input = (input + step) % inputs.length;
      int[] c = weight + 2 < end ? inputs[input] : none;
      input = (input + step) % inputs.length;
      int u = weights[weight];
      int v = weight + 1 < end ? weights[weight + 1] : 0;
      int w = weight + 2 < end ? weights[weight + 2] : 0;
      weight += 3;
      if (!started) {
        start(a, b, c, u, v, w, outputs);
        started = true;
      } else if (weight < end) {
        add(a, b, c, u, v, w, outputs);
      } else {
        finish(a, b, c, u, v, w, outputs);
        return;
      }
    }
    finish(none, none, none, 0, 0, 0, outputs);
  }

  private static void start(int[] a, int[] b, int[] c, int u, int v, int w, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = HALF + a[i] * u + b[i] * v + c[i] * w;
    }
  }

  private static void add(int[] a, int[] b, int[] c, int u, int v, int w, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += a[i] * u + b[i] * v + c[i] * w;
    }
  }

  private static void finish(int[] a, int[] b, int[] c, int u, int v, int w, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = clip((sums[i] + a[i] * u + b[i] * v + c[i] * w) >> BITS);
    }
  }

  /** Clips to 0 to 255, without branches. */
  private static int clip(int level) {
    int positive = level & ~(level >> 31);
    return (positive | (255 - positive) >> 31) & 0xFF;
  }
}
