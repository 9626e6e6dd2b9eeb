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
  private boolean plain = true;
  private ByteArrayOutputStream kept;
  private int at;
  private int ahead;
  private int bitsAhead;
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
   * Codes that stand for the same pixels: first a clear code, and none behind another. These are
   * the file's own where they are so; others are written anew.
   *
   * @param wanted pixels of the frame
   * @throws UndecodableImageException for fewer pixels, a code that stands for nothing yet, or a
   *     colour that is not in the table
   */
  byte[] sound(long wanted) throws UndecodableImageException {
    walk(wanted);
    if (plain) {
      return packed;
    }
    kept = new ByteArrayOutputStream();
    walk(wanted);
    return kept.toByteArray();
  }

  private void walk(long wanted) throws UndecodableImageException {
    at = 0;
    bitsAhead = 0;
    ahead = 0;
    int end = clear + 1;
    int next = end + 1;
    int bits = width;
    int previous = clear;
    long found = 0;
    boolean first = true;
    keep(clear, bits);
    while (found < wanted) {
      int code = read(bits);
      if (code < 0 || code == end) {
        throw broken(found + " of " + wanted + " pixels");
      }
      if (code == clear) {
        if (previous != clear) {
          keep(clear, bits);
        } else if (!first) {
          plain = false;
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
      plain &= !first || code == clear;
      first = false;
      previous = code;
    }
    keep(end, bits);
    keep(0, 7); // whatever is held is part of a byte
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
    for (; bitsAhead < bits; bitsAhead += 8) {
      if (at == packed.length) {
        return -1;
      }
      ahead |= (packed[at++] & 0xFF) << bitsAhead;
    }
    int code = ahead & (1 << bits) - 1;
    ahead >>>= bits;
    bitsAhead -= bits;
    return code;
  }

  private void keep(int code, int bits) {
    if (kept == null) {
      return;
    }
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
