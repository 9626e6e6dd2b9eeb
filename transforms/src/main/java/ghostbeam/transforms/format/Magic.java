package ghostbeam.transforms.format;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Ranges;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

/** Reads the first bytes of files, by which formats are recognised. */
final class Magic {
  private Magic() {}

  /** At most {@code bytes} bytes; fewer if the file is shorter. */
  static byte[] first(Storage storage, Storage.Entry file, int bytes) throws IOException {
    try (SeekableByteChannel channel = storage.open(file)) {
      return Ranges.read(channel, 0, bytes);
    }
  }
}
