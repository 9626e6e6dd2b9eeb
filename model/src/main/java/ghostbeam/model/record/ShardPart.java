package ghostbeam.model.record;

import java.util.zip.CRC32C;

/**
 * What some of a shard's records contribute to the CRC32C of the whole file. Parts of disjoint
 * records can be combined in any order and grouping; all of a shard's parts give the CRC in its
 * manifest. A CRC is linear, so each record's can be shifted past the bytes that follow it
 * independently (Adler's {@code crc32_combine} in zlib).
 *
 * @param records number of records
 * @param crc exclusive or of the records' shifted CRCs
 */
public record ShardPart(int records, int crc) {
  /** CRC-32C's polynomial, bit-reversed: x⁰ is the highest bit of an int. */
  private static final int POLYNOMIAL = 0x82F63B78;

  private static final int ONE = 1 << 31;
  private static final int X_TO_THE_8 = 1 << 23;

  /**
   * The part of one record, given its frame and the number of bytes that follow it in the shard.
   */
  static ShardPart of(byte[] framed, long bytesAfter) {
    CRC32C crc = new CRC32C();
    crc.update(framed, 0, framed.length);
    return new ShardPart(1, product((int) crc.getValue(), powerOfX8(bytesAfter)));
  }

  /** The combination of both parts. */
  public ShardPart plus(ShardPart other) {
    return new ShardPart(Math.addExact(records, other.records), crc ^ other.crc);
  }

  /** {@code x^(8 · exponent)}, by squaring. */
  private static int powerOfX8(long exponent) {
    int power = ONE;
    int square = X_TO_THE_8;
    for (long rest = exponent; rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        power = product(power, square);
      }
      square = product(square, square);
    }
    return power;
  }

  /** The product of two polynomials over GF(2), modulo CRC-32C's. */
  private static int product(int a, int b) {
    int product = 0;
    int shifted = b;
    for (int bit = ONE; bit != 0; bit >>>= 1) {
      if ((a & bit) != 0) {
        product ^= shifted;
      }
      shifted = (shifted & 1) == 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
    }
    return product;
  }
}
