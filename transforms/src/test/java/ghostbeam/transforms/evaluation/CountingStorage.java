package ghostbeam.transforms.evaluation;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;

/** This machine's disk, and what was read of it. */
final class CountingStorage implements Storage {
  private static final long serialVersionUID = 1L;

  private final List<String> opened = new ArrayList<>();
  private long bytes;

  /** Paths in the order in which they were opened. */
  List<String> opened() {
    return opened;
  }

  /** Bytes read of all files together. */
  long bytes() {
    return bytes;
  }

  @Override
  public SeekableByteChannel open(String path) throws IOException {
    opened.add(path);
    SeekableByteChannel file = Storage.local().open(path);
    return new SeekableByteChannel() {
      @Override
      public int read(ByteBuffer target) throws IOException {
        int read = file.read(target);
        bytes += Math.max(0, read);
        return read;
      }

      @Override
      public int write(ByteBuffer source) throws IOException {
        return file.write(source);
      }

      @Override
      public long position() throws IOException {
        return file.position();
      }

      @Override
      public SeekableByteChannel position(long position) throws IOException {
        file.position(position);
        return this;
      }

      @Override
      public long size() throws IOException {
        return file.size();
      }

      @Override
      public SeekableByteChannel truncate(long size) throws IOException {
        file.truncate(size);
        return this;
      }

      @Override
      public boolean isOpen() {
        return file.isOpen();
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    return Storage.local().create(path);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Storage.local().rename(from, to);
  }

  @Override
  public void delete(String path) throws IOException {
    Storage.local().delete(path);
  }

  @Override
  public boolean exists(String path) throws IOException {
    return Storage.local().exists(path);
  }

  @Override
  public List<Entry> list(String folder) throws IOException {
    return Storage.local().list(folder);
  }
}
