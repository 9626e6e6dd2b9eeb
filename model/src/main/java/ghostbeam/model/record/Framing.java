package ghostbeam.model.record;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * TFRecord's framing of a record, all little-endian: its length (uint64), the masked CRC32C of
 * those eight bytes, the record, the masked CRC32C of the record.
 */
public final class Framing {
  private static final int MASK_DELTA = 0xa282ead8;

  /** Bytes of the frame in front of its record. */
  static final int HEADER = Long.BYTES + Integer.BYTES;

  /** Bytes that a frame adds to its record. */
  public static final int OVERHEAD = HEADER + Integer.BYTES;

  private Framing() {}

  /** Fills in the frame around a record that starts at offset {@link #HEADER}. */
  static void frame(byte[] framed) {
    int data = framed.length - OVERHEAD;
    ByteBuffer buffer = ByteBuffer.wrap(framed).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(data);
    buffer.putInt(maskedCrc(framed, 0, Long.BYTES));
    buffer.putInt(HEADER + data, maskedCrc(framed, HEADER, data));
  }

  /** A record in its frame. */
  public static byte[] framed(byte[] record) {
    byte[] framed = new byte[record.length + OVERHEAD];
    System.arraycopy(record, 0, framed, HEADER, record.length);
    frame(framed);
    return framed;
  }

  /** What is wrong with a frame that should fill the array; empty where it is sound. */
  static Optional<String> fault(byte[] framed) {
    ByteBuffer buffer = ByteBuffer.wrap(framed).order(ByteOrder.LITTLE_ENDIAN);
    long length = buffer.getLong(0);
    int data = framed.length - OVERHEAD;
    if (buffer.getInt(Long.BYTES) != maskedCrc(framed, 0, Long.BYTES)) {
      return Optional.of("the CRC32C of its length does not match");
    }
    if (length != data) {
      return Optional.of("its length is " + length + ", its index says " + data);
    }
    if (buffer.getInt(HEADER + data) != maskedCrc(framed, HEADER, data)) {
      return Optional.of("the CRC32C of its bytes does not match");
    }
    return Optional.empty();
  }

  /** The record inside a sound frame. */
  static byte[] unframe(byte[] framed) {
    return Arrays.copyOfRange(framed, HEADER, framed.length - Integer.BYTES);
  }

  /**
   * TFRecord rotates and offsets its CRCs, so that the CRC of data that contains CRCs stays useful.
   */
  static int maskedCrc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }
}
