package ghostbeam.transforms.storage;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** The local disk, for tests that override some of it. */
public class LocalDisk implements Storage {
  private static final long serialVersionUID = 1L;

  @Override
  public SeekableByteChannel open(String path) throws IOException {
    return Storage.local().open(path);
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
