package ghostbeam.transforms.execution;

import org.apache.commons.codec.digest.MurmurHash3;

/**
 * Keys that a {@code GroupByKey} deals to workers like cards. Flink picks a key's slot by a hash,
 * and the hashes of 0 to 7 send six of eight shards to one of two slots. For number i this class
 * finds a key whose hash is i modulo {@value #HANDS}; any number of slots that divides it gets
 * equal shares, whichever numbers follow each other.
 *
 * <p>Results never depend on it: where a runner hashes otherwise, shares are as uneven as before.
 */
public final class EvenKeys {
  /** Divided by 1 to 10, 12, 14, 15, 16, 18, 20, 24, 28, 30, 32, 36, 40, 48, 56, 60, … */
  private static final int HANDS = 10_080;

  /** Room to search in, so that numbers with the same remainder find different keys. */
  private static final int ROOM = 1 << 24;

  /**
   * No number's key, for what goes beside them. Flink sorts keys, so that it mostly comes first;
   * nothing depends on that.
   */
  public static final int ASIDE = 0;

  private EvenKeys() {}

  /** The key of a number from 0 to 1,000,000; different for each, small for small ones. */
  public static int of(int number) {
    if (number < 0 || number > 1_000_000) {
      throw new IllegalArgumentException("number " + number);
    }
    int key = number / HANDS * ROOM + ASIDE + 1;
    while (hash(key) % HANDS != number % HANDS) {
      key++;
    }
    return key;
  }

  /**
   * What Flink makes of a key: Murmur3 of the array hash of its bytes as VarIntCoder writes them,
   * made positive. Spelt out, since a search tries thousands.
   */
  private static int hash(int key) {
    int code = 1;
    int rest = key;
    for (; rest > 0x7F; rest >>>= 7) {
      code = 31 * code + (byte) (rest | 0x80);
    }
    code = 31 * code + rest;
    byte[] bytes = {(byte) code, (byte) (code >> 8), (byte) (code >> 16), (byte) (code >> 24)};
    int hash = MurmurHash3.hash32x86(bytes, 0, bytes.length, 0);
    return hash == Integer.MIN_VALUE ? 0 : Math.abs(hash);
  }
}
