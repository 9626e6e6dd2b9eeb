package ghostbeam.model.record;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/**
 * Reads any TFRecord file from start to end, without an index, checking both CRCs of each record.
 * Not thread-safe.
 *
 * <p>After a length whose CRC does not match, the next record cannot be found, so reading fails
 * there; where only a record's bytes are damaged, reading continues with the next record.
 */
public final class RecordStream implements Closeable {
  private final String path;
  private final ReadableByteChannel channel;
  private final int limitBytes;
  private final ByteBuffer header =
      ByteBuffer.allocate(Framing.HEADER).order(ByteOrder.LITTLE_ENDIAN);
  private long offset;
  private long position = -1;

  /**
   * One record as read.
   *
   * @param bytes the record; meaningless where there is a fault
   * @param fault what is wrong with them, or empty
   */
  public record Found(byte[] bytes, Optional<String> fault) {}

  /**
   * Reads a file from its first byte.
   *
   * @param limitBytes the longest record accepted
   */
  public RecordStream(String path, ReadableByteChannel channel, int limitBytes) {
    this.path = path;
    this.channel = channel;
    this.limitBytes = limitBytes;
  }

  /** Whether a file's first bytes are the header of a TFRecord. */
  public static boolean begins(byte[] first) {
    return first.length >= Framing.HEADER
        && ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getInt(Long.BYTES)
            == Framing.maskedCrc(first, 0, Long.BYTES);
  }

  /** The 0-based position of the record that {@link #next} returned last. */
  public long position() {
    return position;
  }

  /**
   * The next record; empty at the end of the file.
   *
   * @throws IOException where the file is cut short, a length is damaged or a record exceeds the
   *     limit; the message says at which byte
   */
  public Optional<Found> next() throws IOException {
    if (!fill(header.clear())) {
      return Optional.empty();
    }
    position++;
    if (header.getInt(Long.BYTES) != Framing.maskedCrc(header.array(), 0, Long.BYTES)) {
      throw new IOException(
          "%s: the record at byte %d is damaged: the CRC32C of its length does not match; copy or download the file again"
              .formatted(path, offset));
    }
    long length = header.getLong(0);
    if (length < 0 || length > limitBytes) {
      throw new IOException(
          "%s: the record at byte %d has %s bytes, the limit is %d; write it again in smaller ones"
              .formatted(path, offset, Long.toUnsignedString(length), limitBytes));
    }
    byte[] record = new byte[(int) length];
    ByteBuffer crc = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (!fill(ByteBuffer.wrap(record)) || !fill(crc)) {
      throw cut();
    }
    boolean sound = crc.getInt(0) == Framing.maskedCrc(record, 0, record.length);
    offset += length + Framing.OVERHEAD;
    return Optional.of(
        new Found(
            record,
            sound ? Optional.empty() : Optional.of("the CRC32C of its bytes does not match")));
  }

  /** Fills the buffer; false where the file ends before its first byte. */
  private boolean fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        if (buffer.position() > 0) {
          throw cut();
        }
        return false;
      }
    }
    return true;
  }

  private IOException cut() {
    return new EOFException(
        "%s is cut short in the record at byte %d; copy or download it again"
            .formatted(path, offset));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
