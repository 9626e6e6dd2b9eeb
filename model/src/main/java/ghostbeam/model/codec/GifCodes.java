package ghostbeam.model.codec;

import java.io.ByteArrayOutputStream;

/**
 * The codes of a GIF's frame, walked without making pixels of them: what a code stands for is not
 * asked, only how many pixels that is. The walk finds what the JDK's reader passes over in silence,
 * and takes out what it reads wrongly: more than one clear code in a row, or none to begin with.
 */
final class GifCodes {
  private static final int MOST_CODES = 4096;
  private static final int WIDEST = 12;

  /** At one bit readers differ in when codes grow wider, so nobody knows what is meant. */
  private static final int NARROWEST_LITERAL = 2;

  private static final int WIDEST_LITERAL = 8;

  private final byte[] packed;
  private final int clear;
  private final int width;
  private final int colours;
  private final int[] pixels = new int[MOST_CODES];
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private long at;
  private int held;
  private int bitsHeld;

  /**
   * @param packed the frame's blocks, joined
   * @param literal bits of a colour's number
   * @param colours in the frame's table
   */
  GifCodes(byte[] packed, int literal, int colours) throws UndecodableImageException {
    if (literal < NARROWEST_LITERAL || literal > WIDEST_LITERAL) {
      throw broken("colours of " + literal + " bits, expected 2 to 8");
    }
    this.packed = packed;
    this.clear = 1 << literal;
    this.width = literal + 1;
    this.colours = colours;
  }

  /**
   * Codes that stand for the same pixels: first a clear code, none behind another, and an end code
   * right behind the last pixel.
   *
   * @param wanted pixels of the frame
   * @throws UndecodableImageException for fewer pixels, a code that stands for nothing yet, or a
   *     colour that is not in the table
   */
  byte[] sound(long wanted) throws UndecodableImageException {
    int end = clear + 1;
    int next = end + 1;
    int bits = width;
    int previous = clear;
    long found = 0;
    keep(clear, bits);
    while (found < wanted) {
      int code = read(bits);
      if (code < 0 || code == end) {
        throw broken(found + " of " + wanted + " pixels");
      }
      if (code == clear) {
        if (previous != clear) {
          keep(clear, bits);
        }
        next = end + 1;
        bits = width;
      } else {
        keep(code, bits);
        if (previous != clear && next < MOST_CODES) {
          pixels[next++] = pixelsOf(previous) + 1;
        }
        requireKnown(code, previous == clear ? clear : next);
        if (next == 1 << bits && bits < WIDEST) {
          bits++;
        }
        found += pixelsOf(code);
      }
      previous = code;
    }
    keep(end, bits);
    keep(0, 7); // whatever is held is part of a byte
    return kept.toByteArray();
  }

  private void requireKnown(int code, int next) throws UndecodableImageException {
    if (code >= next) {
      throw broken(
          "a code out of sequence, " + code + " where " + (next - 1) + " is the last known");
    }
    if (code < clear && code >= colours) {
      throw broken("colour " + code + " of a table of " + colours);
    }
  }

  private int pixelsOf(int code) {
    return code < clear ? 1 : pixels[code];
  }

  /** The next code, lowest bits first; −1 where the data ends. */
  private int read(int bits) {
    if (at + bits > 8L * packed.length) {
      return -1;
    }
    int code = 0;
    for (int bit = 0; bit < bits; bit++, at++) {
      code |= (packed[(int) (at >> 3)] >> (at & 7) & 1) << bit;
    }
    return code;
  }

  private void keep(int code, int bits) {
    held |= code << bitsHeld;
    bitsHeld += bits;
    for (; bitsHeld >= 8; bitsHeld -= 8, held >>>= 8) {
      kept.write(held);
    }
  }

  static UndecodableImageException broken(String cause) {
    return UndecodableImageException.broken("GIF", cause);
  }
}
