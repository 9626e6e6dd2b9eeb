package ghostbeam.transforms.fetch;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.source.Ranges;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
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

  /** Bytes of an image's archive, which stays open; fewer where it ends. */
  byte[] read(ImageRef image, long offset, int limit) throws IOException {
    SeekableByteChannel channel = open.get(image.uri());
    if (channel == null) {
      closeLeastRecent();
      channel =
          storage.open(new Storage.Entry(image.uri(), Storage.Entry.UNKNOWN, image.version()));
      open.put(image.uri(), channel);
    }
    byte[] bytes = Ranges.read(channel, offset, limit);
    bytesRead += bytes.length;
    return bytes;
  }

  /** An image that is an object of its own. */
  byte[] readOnce(ImageRef image) throws IOException {
    byte[] bytes = new byte[(int) image.length()];
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    Storage.Entry found = new Storage.Entry(image.uri(), image.length(), image.version());
    try (SeekableByteChannel channel = storage.open(found)) {
      while (rest.hasRemaining() && channel.read(rest) >= 0) {
        // Until it is whole.
      }
      if (rest.hasRemaining() || channel.size() != image.length()) {
        throw changed(image.uri());
      }
    }
    bytesRead += bytes.length;
    return bytes;
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
