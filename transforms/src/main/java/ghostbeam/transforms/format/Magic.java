package ghostbeam.transforms.format;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Ranges;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

/** What a file's first bytes tell. */
final class Magic {
  private Magic() {}

  /** A file's first bytes, fewer where it ends. */
  static byte[] first(Storage storage, Storage.Entry file, int bytes) throws IOException {
    try (SeekableByteChannel channel = storage.open(file)) {
      return Ranges.read(channel, 0, bytes);
    }
  }
}
