package ghostbeam.model.record;

import ghostbeam.model.storage.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads one shard's records by position, checking both CRCs of each. Not thread-safe.
 *
 * <p>Each record is read at the offset and with the length given by the index, so a damaged length
 * field never causes an allocation.
 */
public record ShardReader(
    String path, long firstRecord, ShardIndex index, SeekableByteChannel channel)
    implements Closeable {

  /** Opens a shard whose index has been read and checked against its length. */
  public static ShardReader open(Storage storage, String path, long firstRecord, ShardIndex index)
      throws IOException {
    return new ShardReader(path, firstRecord, index, storage.open(path));
  }

  public int records() {
    return index.records();
  }

  /**
   * The record at a 0-based position.
   *
   * @throws CorruptRecordException where the bytes are not those that were written
   */
  public Example read(int position) throws IOException {
    return parse(position, frame(position));
  }

  /** The same, and its part of the shard's CRC. */
  public Example read(int position, Consumer<ShardPart> parts) throws IOException {
    byte[] framed = frame(position);
    parts.accept(ShardPart.of(framed, index.bytesAfter(position)));
    return parse(position, framed);
  }

  private byte[] frame(int position) throws IOException {
    Objects.checkIndex(position, index.records());
    byte[] framed = new byte[index.size(position)];
    ByteBuffer buffer = ByteBuffer.wrap(framed);
    channel.position(index.offset(position));
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw corrupt(position, "the shard ends " + buffer.remaining() + " bytes too early");
      }
    }
    Optional<String> fault = Framing.fault(framed);
    if (fault.isPresent()) {
      throw corrupt(position, fault.get());
    }
    return framed;
  }

  private Example parse(int position, byte[] framed) throws CorruptRecordException {
    try {
      return Example.parse(Framing.unframe(framed));
    } catch (IOException e) {
      throw corrupt(position, e.getMessage());
    }
  }

  /** False once closed, also when an interrupt of a reading thread closed it. */
  public boolean isOpen() {
    return channel.isOpen();
  }

  private CorruptRecordException corrupt(int position, String reason) {
    return new CorruptRecordException(
        path, firstRecord + position, position, index.offset(position), reason);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
