package ghostbeam.model.training;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk that is full after the given number of files. */
final class FullDisk implements Storage {
  private static final long serialVersionUID = 1L;

  private final AtomicInteger left;

  FullDisk(int files) {
    left = new AtomicInteger(files);
  }

  @Override
  public SeekableByteChannel open(String path) throws IOException {
    return Storage.local().open(path);
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    if (left.decrementAndGet() < 0) {
      throw new IOException("no space left for " + path);
    }
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
  public List<Entry> list(String path) throws IOException {
    return Storage.local().list(path);
  }
}
