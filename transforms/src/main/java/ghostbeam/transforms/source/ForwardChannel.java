package ghostbeam.transforms.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * A channel for reading an object sequentially, in blocks of growing size. The last {@value #KEPT}
 * bytes are kept, so seeking back by less than that reads nothing again. Not thread-safe.
 */
public final class ForwardChannel implements SeekableByteChannel {
  private static final int FIRST_PIECE = 64 << 10;

  /** Small enough to be copied through the processor's cache. */
  private static final int PIECE = 256 << 10;

  private static final int KEPT = 2 << 20;

  private final SeekableByteChannel object;

  /** A ring buffer: the byte at a position of the object is at that position modulo its length. */
  private byte[] ring = new byte[0];

  /** The buffer holds the object's bytes from here to {@code end}. */
  private long start;

  private long end;

  private long size = -1;
  private int piece = FIRST_PIECE;
  private long position;

  /** Wraps the object's channel, which is closed with this one. */
  public ForwardChannel(SeekableByteChannel object) {
    this.object = object;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!target.hasRemaining()) {
      return 0;
    }
    if (position < start || position > end) {
      start = position;
      end = position;
      piece = FIRST_PIECE;
    }
    if (position == end && !fill()) {
      return -1;
    }
    int from = (int) (position % ring.length);
    long held = Math.min(end - position, ring.length - from);
    int length = (int) Math.min(target.remaining(), held);
    target.put(ring, from, length);
    position += length;
    return length;
  }

  private boolean fill() throws IOException {
    if (ring.length == 0) {
      ring = new byte[(int) Math.max(1, Math.min(KEPT + PIECE, size()))];
    }
    int to = (int) (end % ring.length);
    int room = Math.min(piece, ring.length - to);
    start = Math.max(start, end + room - ring.length);
    object.position(end);
    int length = object.read(ByteBuffer.wrap(ring, to, room));
    piece = Math.min(PIECE, 2 * piece);
    end += Math.max(0, length);
    return length > 0;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    if (newPosition < 0) {
      throw new IllegalArgumentException("position " + newPosition);
    }
    position = newPosition;
    return this;
  }

  /** The size at the first call, cached because readers call this before each read. */
  @Override
  public long size() throws IOException {
    if (size < 0) {
      size = object.size();
    }
    return size;
  }

  @Override
  public boolean isOpen() {
    return object.isOpen();
  }

  @Override
  public void close() throws IOException {
    object.close();
  }

  @Override
  public int write(ByteBuffer bytes) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long newSize) {
    throw new NonWritableChannelException();
  }
}
