package ghostbeam.transforms.storage;

import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** {@link Storage} through Beam's FileSystems, which must have their options set in this JVM. */
public enum BeamStorage implements Storage {
  INSTANCE;

  @Override
  public SeekableByteChannel open(String path) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  @Override
  public void rename(String from, String to) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  @Override
  public void delete(String path) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  @Override
  public boolean exists(String path) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  @Override
  public List<Entry> list(String folder) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }
}
