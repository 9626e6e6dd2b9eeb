package ghostbeam.transforms.fetch;

import ghostbeam.transforms.storage.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.List;

/** The local disk, counting bytes read. */
public final class CountingStorage extends LocalDisk {
  private static final long serialVersionUID = 1;

  private final List<String> opened = new ArrayList<>();
  private int open;
  private long bytes;
  private int reads;
  private int longestRead;

  public int opens() {
    return opened.size();
  }

  /** Paths in the order opened. */
  public List<String> opened() {
    return opened;
  }

  public int stillOpen() {
    return open;
  }

  public long bytes() {
    return bytes;
  }

  public int reads() {
    return reads;
  }

  public int longestRead() {
    return longestRead;
  }

  @Override
  public synchronized SeekableByteChannel open(String path) throws IOException {
    opened.add(path);
    open++;
    return new Counted(super.open(path));
  }

  private synchronized void count(int read) {
    reads++;
    bytes += read;
    longestRead = Math.max(longestRead, read);
  }

  private synchronized void closed() {
    open--;
  }

  private final class Counted implements SeekableByteChannel {
    private final SeekableByteChannel channel;

    Counted(SeekableByteChannel channel) {
      this.channel = channel;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      int read = channel.read(target);
      count(Math.max(0, read));
      return read;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      return channel.write(source);
    }

    @Override
    public long position() throws IOException {
      return channel.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
      channel.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
      return channel.truncate(size);
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
      closed();
    }
  }
}
