package ghostbeam.transforms.fetch;

import ghostbeam.model.record.Storage;
import ghostbeam.transforms.source.Ranges;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Open sources; counts the bytes asked of them. Not thread-safe. */
final class Archives implements Closeable {
  /** Files one process may open are often 1,024; ImageNet in a tar a class has 1,000. */
  private static final int MOST_OPEN = 256;

  private final Storage storage;

  /** Least recently used first. */
  private final Map<String, SeekableByteChannel> open = new LinkedHashMap<>(16, 0.75f, true);

  private long bytesRead;

  Archives(Storage storage) {
    this.storage = storage;
  }

  /** Bytes of an archive, which stays open; fewer where it ends. */
  byte[] read(String uri, long offset, int limit) throws IOException {
    SeekableByteChannel channel = open.get(uri);
    if (channel == null) {
      closeLeastRecent();
      channel = storage.open(uri);
      open.put(uri, channel);
    }
    byte[] bytes = Ranges.read(channel, offset, limit);
    bytesRead += bytes.length;
    return bytes;
  }

  /** A whole object, which nothing else is read of. */
  byte[] readOnce(String uri, long length) throws IOException {
    try (SeekableByteChannel channel = storage.open(uri)) {
      if (channel.size() != length) {
        throw changed(uri);
      }
      byte[] bytes = Ranges.read(channel, 0, (int) length);
      bytesRead += bytes.length;
      return bytes;
    }
  }

  long bytesRead() {
    return bytesRead;
  }

  static IOException changed(String uri) {
    return new IOException(
        uri + " changed while it was read; let nothing write to --input and run again");
  }

  private void closeLeastRecent() throws IOException {
    if (open.size() >= MOST_OPEN) {
      Iterator<SeekableByteChannel> oldest = open.values().iterator();
      SeekableByteChannel channel = oldest.next();
      oldest.remove();
      channel.close();
    }
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (SeekableByteChannel channel : open.values()) {
      try {
        channel.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    open.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
