package ghostbeam.transforms.fetch;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Extent;
import ghostbeam.transforms.source.Ranges;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** A cache of open source objects that counts the bytes read. Not thread-safe. */
final class Archives implements Closeable {
  /** A process may often open 1,024 files; ImageNet with a tar per class has 1,000. */
  private static final int MOST_OPEN = 256;

  private final Storage storage;

  /** Least recently used first. */
  private final Map<String, SeekableByteChannel> open = new LinkedHashMap<>(16, 0.75f, true);

  private long bytesRead;

  Archives(Storage storage) {
    this.storage = storage;
  }

  /** Bytes from the extent's offset on, fewer at the end of the object, which stays open. */
  byte[] read(Extent extent, int limit) throws IOException {
    SeekableByteChannel channel = open.get(extent.uri());
    if (channel == null) {
      closeLeastRecent();
      channel =
          storage.open(new Storage.Entry(extent.uri(), Storage.Entry.UNKNOWN, extent.version()));
      open.put(extent.uri(), channel);
    }
    byte[] bytes = Ranges.read(channel, extent.offset(), limit);
    bytesRead += bytes.length;
    return bytes;
  }

  /** Reads an extent that is a whole object, which is not kept open. */
  ByteBuffer readOnce(Extent extent) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) extent.length());
    Storage.Entry found = new Storage.Entry(extent.uri(), extent.length(), extent.version());
    try (SeekableByteChannel channel = storage.open(found)) {
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // Read until full.
      }
      if (bytes.hasRemaining() || channel.size() != extent.length()) {
        throw extent.changed();
      }
    }
    bytesRead += bytes.capacity();
    return bytes.flip();
  }

  long bytesRead() {
    return bytesRead;
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
