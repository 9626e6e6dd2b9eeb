package ghostbeam.model.codec;

/**
 * The codes of a GIF's frame, and the colours' numbers that they stand for. Stricter than the JDK's
 * reader, which passes over what is missing or unknown in silence; and it takes more than one clear
 * code in a row, or none to begin with, for what they mean.
 */
final class GifCodes {
  private static final int MOST_CODES = 4096;
  private static final int WIDEST = 12;

  /** At one bit readers differ in when codes grow wider, so nobody knows what is meant. */
  private static final int NARROWEST_LITERAL = 2;

  private static final int WIDEST_LITERAL = 8;

  /** Pixels above which codes are walked once to see that they stand for them all. */
  private static final int MANY = 64 << 20;

  private final byte[] packed;
  private final int clear;
  private final int literal;
  private final int width;
  private final int colours;

  /** Of a code that stands for several pixels: the code of all but the last, the last, how many. */
  private final int[] prefix = new int[MOST_CODES];

  private final int[] last = new int[MOST_CODES];
  private final int[] pixels = new int[MOST_CODES];
  private int at;
  private int ahead;
  private int bitsAhead;

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
    this.literal = literal;
    this.clear = 1 << literal;
    this.width = literal + 1;
    this.colours = colours;
  }

  /**
   * The numbers of the first {@code wanted} pixels' colours, each in the table.
   *
   * @throws UndecodableImageException for fewer pixels, a code that stands for nothing yet, or a
   *     colour that is not in the table
   */
  byte[] decode(int wanted) throws UndecodableImageException {
    if (wanted > MANY) {
      // A small file can say that it is large, and shall not take memory before it is known to be.
      new GifCodes(packed, literal, colours).walk(wanted, new byte[0]);
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
        if (previous != clear && next < MOST_CODES) {
          prefix[next] = previous;
          pixels[next++] = pixelsOf(previous) + 1;
        }
        requireKnown(code, previous == clear ? clear : next);
        if (made < next) {
          last[made] = first(code == made ? previous : code);
        }
        if (next == 1 << bits && bits < WIDEST) {
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

  /** Writes what a code stands for, as far as there is room, from its last pixel to its first. */
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
