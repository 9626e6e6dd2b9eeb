package ghostbeam.model.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A new file, whose failures name it: a full disk's own words are only that it is full. */
record NamedChannel(String path, WritableByteChannel file) implements WritableByteChannel {
  @Override
  public int write(ByteBuffer bytes) throws IOException {
    try {
      return file.write(bytes);
    } catch (IOException e) {
      throw named(e);
    }
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } catch (IOException e) {
      throw named(e);
    }
  }

  private IOException named(IOException e) {
    return e.getMessage() == null ? e : new IOException(path + ": " + e.getMessage(), e);
  }
}
