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
  private static final int PIECE = 1 << 20;
  private static final int KEPT = 2 << 20;

  private final SeekableByteChannel object;
  private byte[] window = new byte[0];
  private long start;
  private int held;
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
    if (position < start || position > start + held) {
      start = position;
      held = 0;
      piece = FIRST_PIECE;
    }
    if (position == start + held && !more()) {
      return -1;
    }
    int from = (int) (position - start);
    int length = Math.min(target.remaining(), held - from);
    target.put(window, from, length);
    position += length;
    return length;
  }

  private boolean more() throws IOException {
    if (window.length == 0) {
      window = new byte[(int) Math.min(KEPT + PIECE, object.size())];
    }
    if (held + piece > KEPT + PIECE) {
      int dropped = held - KEPT;
      System.arraycopy(window, dropped, window, 0, KEPT);
      start += dropped;
      held = KEPT;
    }
    object.position(start + held);
    int room = Math.min(piece, window.length - held);
    int length = room == 0 ? 0 : object.read(ByteBuffer.wrap(window, held, room));
    piece = Math.min(PIECE, 2 * piece);
    held += Math.max(0, length);
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

  @Override
  public long size() throws IOException {
    return object.size();
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
