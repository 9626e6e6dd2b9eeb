package ghostbeam.transforms.storage;

import ghostbeam.model.storage.Storage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * A channel that reads an object by byte range requests, one per read, for just the bytes wanted.
 *
 * <p>Sequential reads are prefetched: a request reads ahead as many bytes as were read sequentially
 * before, at most {@value #MAX_READ_AHEAD}. So reading a file from start to end takes few requests,
 * and at most half of the bytes transferred are wasted. Holds no connection open. Not thread-safe.
 */
public final class RangedChannel implements SeekableByteChannel {
  private static final int MAX_READ_AHEAD = 8 << 20;

  /** Sequential reads before prefetching starts: two may be adjacent by chance. */
  private static final int SEQUENTIAL_READS = 3;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ObjectStore store;
  private final Storage.Entry object;
  private final Ranges ranges;
  private boolean open = true;
  private long size;
  private long position;

  /** Bytes fetched but not yet read; the first is the object's byte at {@code position}. */
  private ByteBuffer fetched = NOTHING;

  private long runEnd = -1;
  private long runBytes;
  private int runReads;

  /** Reads one version of an object. */
  public interface Ranges {
    /** Up to {@code length} bytes from an offset on; empty only at the end of the object. */
    ByteBuffer read(Storage.Entry object, long offset, int length) throws IOException;
  }

  /**
   * A channel at an object's first byte; the entry must have a version. Failures name the object.
   */
  public RangedChannel(ObjectStore store, Storage.Entry object, Ranges ranges) {
    this.store = store;
    this.object = object;
    this.size = object.bytes();
    this.ranges = ranges;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    requireOpen();
    int wanted = target.remaining();
    if (wanted == 0) {
      return 0;
    }
    if (position != runEnd) {
      runBytes = 0;
      runReads = 0;
    }
    if (!fetched.hasRemaining()) {
      fetch(wanted);
    }
    int read = Math.min(wanted, fetched.remaining());
    if (read == 0) {
      return -1;
    }
    target.put(fetched.slice(fetched.position(), read));
    fetched.position(fetched.position() + read);
    if (!fetched.hasRemaining()) {
      fetched = NOTHING; // frees the buffer, since many channels are open at once
    }
    position += read;
    runEnd = position;
    runBytes += read;
    runReads++;
    return read;
  }

  private void fetch(int wanted) throws IOException {
    long length = wanted;
    if (runReads >= SEQUENTIAL_READS) {
      length = Math.max(wanted, Math.min(runBytes, MAX_READ_AHEAD));
    }
    if (size >= 0 || length > wanted) {
      length = Math.min(length, size() - position);
    }
    if (length <= 0) {
      return;
    }
    fetched = request((int) length);
    if (!fetched.hasRemaining() && position < size()) {
      throw new EOFException(
          object.path() + " ended after " + position + " of its " + size() + " bytes");
    }
  }

  private ByteBuffer request(int length) throws IOException {
    try {
      return ranges.read(object, position, length);
    } catch (IOException e) {
      throw BeamStorage.withPath(object.path(), e);
    }
  }

  @Override
  public long position() throws IOException {
    requireOpen();
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) throws IOException {
    requireOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("position " + newPosition);
    }
    long step = newPosition - position;
    if (step >= 0 && step < fetched.remaining()) {
      fetched.position(fetched.position() + (int) step);
    } else {
      fetched = NOTHING;
    }
    position = newPosition;
    return this;
  }

  @Override
  public long size() throws IOException {
    requireOpen();
    if (size < 0) {
      try {
        size =
            store
                .find(object.path())
                .filter(now -> now.version().equals(object.version()))
                .orElseThrow(RangedChannel::changed)
                .bytes();
      } catch (IOException e) {
        throw BeamStorage.withPath(object.path(), e);
      }
    }
    return size;
  }

  /** The exception to throw if an object no longer has the version that was listed. */
  public static IOException changed() {
    return new IOException("changed after it was listed; stop what writes to it and run again");
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
    fetched = NOTHING;
  }

  @Override
  public int write(ByteBuffer bytes) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long newSize) {
    throw new NonWritableChannelException();
  }

  private void requireOpen() throws ClosedChannelException {
    if (!open) {
      throw new ClosedChannelException();
    }
  }
}
