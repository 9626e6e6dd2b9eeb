package ghostbeam.transforms.storage;

import ghostbeam.model.storage.Storage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * An object read by requests for byte ranges: one a read, for the bytes that it asks.
 *
 * <p>Where reads follow each other without a gap, a request also takes what comes next, up to as
 * much as was read in a row before and at most {@value #MOST_AHEAD} bytes: a file read from end to
 * end costs few requests, and never is more than half of what was transferred of no use. Holds no
 * connection. Not thread-safe.
 */
public final class RangedChannel implements SeekableByteChannel {
  private static final int MOST_AHEAD = 8 << 20;

  /** Reads in a row before more is taken than asked: two may be neighbours by chance. */
  private static final int READS_IN_A_ROW = 3;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ObjectStore store;
  private final Storage.Entry object;
  private final Ranges ranges;
  private boolean open = true;
  private long size;
  private long position;

  /** What was fetched and not yet read; its first byte is the object's byte {@code position}. */
  private ByteBuffer fetched = NOTHING;

  private long rowEnd = -1;
  private long rowBytes;
  private int rowReads;

  /** Reads one version of an object. */
  public interface Ranges {
    /** Bytes from an offset on: {@code length}, or fewer, but none only at the object's end. */
    ByteBuffer read(Storage.Entry object, long offset, int length) throws IOException;
  }

  /** A channel at an object's first byte; its failures name the object, whose version is known. */
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
    if (position != rowEnd) {
      rowBytes = 0;
      rowReads = 0;
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
      fetched = NOTHING; // many channels are open at once
    }
    position += read;
    rowEnd = position;
    rowBytes += read;
    rowReads++;
    return read;
  }

  private void fetch(int wanted) throws IOException {
    long length = wanted;
    if (rowReads >= READS_IN_A_ROW) {
      length = Math.max(wanted, Math.min(rowBytes, MOST_AHEAD));
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
      throw BeamStorage.named(object.path(), e);
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
        throw BeamStorage.named(object.path(), e);
      }
    }
    return size;
  }

  /** What to throw where an object is not the version that was found. */
  public static IOException changed() {
    return new IOException("changed after it was listed; let nothing write to it and run again");
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
