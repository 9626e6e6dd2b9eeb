package ghostbeam.transforms.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * An object read once from its first byte on, in pieces that grow, for readers that look a little
 * ahead: of what was read last, {@value #KEPT} bytes are held, so going back by less than that
 * reads nothing anew. Not thread-safe.
 */
public final class ForwardChannel implements SeekableByteChannel {
  private static final int FIRST_PIECE = 64 << 10;

  /** Small enough for a processor's cache, through which the system copies it. */
  private static final int PIECE = 256 << 10;

  private static final int KEPT = 2 << 20;

  private final SeekableByteChannel object;

  /** Each byte held at its position in the object, modulo the length. */
  private byte[] ring = new byte[0];

  /** Bytes from here to the end are held. */
  private long start;

  private long end;

  private long size = -1;
  private int piece = FIRST_PIECE;
  private long position;

  /** Owns the object's channel: closing this one closes it. */
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
    if (position == end && !more()) {
      return -1;
    }
    int from = (int) (position % ring.length);
    long held = Math.min(end - position, ring.length - from);
    int length = (int) Math.min(target.remaining(), held);
    target.put(ring, from, length);
    position += length;
    return length;
  }

  private boolean more() throws IOException {
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

  /** As it was when it was first asked for: readers ask before each read. */
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
