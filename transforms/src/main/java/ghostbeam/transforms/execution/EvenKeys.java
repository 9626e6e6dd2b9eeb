package ghostbeam.transforms.execution;

import org.apache.commons.codec.digest.MurmurHash3;

/**
 * Keys that a {@code GroupByKey} spreads evenly over slots. Flink picks a key's slot by hash, and
 * the hashes of 0 to 7 send six of eight shards to one of two slots. For number i this class finds
 * a key whose hash is i modulo {@value #MODULUS}, so consecutive numbers are dealt round-robin to
 * any number of slots that divides it.
 *
 * <p>Results never depend on the keys: a runner that hashes differently only spreads them unevenly.
 */
public final class EvenKeys {
  /** Divisible by 1 to 10, 12, 14, 15, 16, 18, 20, 24, 28, 30, 32, 36, 40, 48, 56, 60, … */
  private static final int MODULUS = 10_080;

  /** Keys searched per number, so that numbers with the same remainder get different keys. */
  private static final int RANGE = 1 << 24;

  /**
   * A key that no number has, for elements that travel beside the numbered ones. Flink sorts keys,
   * so it usually comes first; nothing depends on that.
   */
  public static final int RESERVED = 0;

  private EvenKeys() {}

  /** The key of a number from 0 to 1,000,000: unique, and small for small numbers. */
  public static int of(int number) {
    if (number < 0 || number > 1_000_000) {
      throw new IllegalArgumentException("number " + number);
    }
    int key = number / MODULUS * RANGE + RESERVED + 1;
    while (hash(key) % MODULUS != number % MODULUS) {
      key++;
    }
    return key;
  }

  /**
   * Flink's hash of a key: Murmur3 of the array hash of the bytes that VarIntCoder writes, made
   * positive. Reimplemented because each search tries thousands of keys.
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
