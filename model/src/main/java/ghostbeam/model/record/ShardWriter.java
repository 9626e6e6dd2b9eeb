package ghostbeam.model.record;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Writes one shard record by record without keeping any. Not thread-safe.
 *
 * <p>The caller provides the channel (under a temporary name) and, after closing the shard, writes
 * the {@link #index} and renames both.
 */
public final class ShardWriter implements Closeable {
  private final WritableByteChannel channel;
  private final CRC32C crc = new CRC32C();
  private final StringBuilder index = new StringBuilder();
  private long records;
  private long bytes;

  /** A writer that owns the channel and closes it. */
  public ShardWriter(WritableByteChannel channel) {
    this.channel = channel;
  }

  /** Appends one record. */
  public void write(Example example) throws IOException {
    byte[] framed = example.toBytes(Framing.HEADER, Framing.OVERHEAD);
    Framing.frame(framed);
    ByteBuffer frame = ByteBuffer.wrap(framed);
    int size = framed.length;
    crc.update(frame.duplicate());
    while (frame.hasRemaining()) {
      channel.write(frame);
    }
    index.append(bytes).append(' ').append(size).append('\n');
    bytes += size;
    records++;
  }

  /** The number of records written so far. */
  public long records() {
    return records;
  }

  /** The number of bytes written so far. */
  public long bytes() {
    return bytes;
  }

  /** CRC-32C of the bytes written so far, unsigned. */
  public long crc32c() {
    return crc.getValue();
  }

  /** The bytes of the index file for the records written so far. */
  public byte[] index() {
    return index.toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
