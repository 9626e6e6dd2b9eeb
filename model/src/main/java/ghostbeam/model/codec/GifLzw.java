package ghostbeam.model.codec;

/**
 * LZW decoder for a GIF frame. Stricter than the JDK's reader, which silently skips missing or
 * unknown codes; and it accepts repeated clear codes, and streams that do not begin with one.
 */
final class GifLzw {
  private static final int MAX_CODES = 4096;
  private static final int MAX_CODE_BITS = 12;

  /** With one bit, decoders disagree on when codes grow wider, so such a file is ambiguous. */
  private static final int MIN_LITERAL_BITS = 2;

  private static final int MAX_LITERAL_BITS = 8;

  /** Above this many pixels, a first pass checks that the codes yield all of them. */
  private static final int MAX_UNCHECKED_PIXELS = 64 << 20;

  private final byte[] packed;
  private final int clear;
  private final int literal;
  private final int width;
  private final int colours;

  /**
   * For a code of several pixels: the code of all but the last, the last pixel, and their number.
   */
  private final int[] prefix = new int[MAX_CODES];

  private final int[] last = new int[MAX_CODES];
  private final int[] pixels = new int[MAX_CODES];
  private int at;
  private int ahead;
  private int bitsAhead;

  /**
   * @param packed the frame's data blocks, concatenated
   * @param literal bits of a colour index
   * @param colours size of the frame's colour table
   */
  GifLzw(byte[] packed, int literal, int colours) throws UndecodableImageException {
    if (literal < MIN_LITERAL_BITS || literal > MAX_LITERAL_BITS) {
      throw broken("colours of " + literal + " bits, expected 2 to 8");
    }
    this.packed = packed;
    this.literal = literal;
    this.clear = 1 << literal;
    this.width = literal + 1;
    this.colours = colours;
  }

  /**
   * The colour indices of the first {@code wanted} pixels, each within the table.
   *
   * @throws UndecodableImageException for too few pixels, an undefined code, or a colour outside
   *     the table
   */
  byte[] decode(int wanted) throws UndecodableImageException {
    if (wanted > MAX_UNCHECKED_PIXELS) {
      // A small file can claim to be large; memory is allocated only once its data proves it.
      new GifLzw(packed, literal, colours).walk(wanted, new byte[0]);
    }
    byte[] numbers = new byte[wanted];
    walk(wanted, numbers);
    return numbers;
  }

  private void walk(int wanted, byte[] numbers) throws UndecodableImageException {
    int end = clear + 1;
    int next = end + 1;
    int bits = width;
    int previous = clear;
    int found = 0;
    while (found < wanted) {
      int code = read(bits);
      if (code < 0 || code == end) {
        throw broken(found + " of " + wanted + " pixels");
      }
      if (code == clear) {
        next = end + 1;
        bits = width;
      } else {
        int made = next;
        if (previous != clear && next < MAX_CODES) {
          prefix[next] = previous;
          pixels[next++] = pixelsOf(previous) + 1;
        }
        requireKnown(code, previous == clear ? clear : next);
        if (made < next) {
          last[made] = first(code == made ? previous : code);
        }
        if (next == 1 << bits && bits < MAX_CODE_BITS) {
          bits++;
        }
        put(code, numbers, found);
        found += Math.min(pixelsOf(code), wanted - found);
      }
      previous = code;
    }
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

  private int first(int code) {
    int shorter = code;
    while (shorter >= clear) {
      shorter = prefix[shorter];
    }
    return shorter;
  }

  /** Writes a code's pixels, last to first, as far as they fit. */
  private void put(int code, byte[] numbers, int from) {
    int shorter = code;
    for (int to = from + pixelsOf(code) - 1; to >= from; to--) {
      if (to < numbers.length) {
        numbers[to] = (byte) (shorter < clear ? shorter : last[shorter]);
      }
      shorter = prefix[shorter];
    }
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

  static UndecodableImageException broken(String cause) {
    return UndecodableImageException.broken("GIF", cause);
  }
}
