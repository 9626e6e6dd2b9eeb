package ghostbeam.transforms.form;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.Ranges;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import org.apache.commons.compress.archivers.tar.TarUtils;

/** What a file's first bytes tell. */
final class Magic {
  private static final int TAR_BLOCK = 512;

  private Magic() {}

  /** A file's first bytes, fewer where it ends. */
  static byte[] first(Storage storage, Storage.Entry file, int bytes) throws IOException {
    try (SeekableByteChannel channel = storage.open(file)) {
      return Ranges.read(channel, 0, bytes);
    }
  }

  /** Whether they are a tar's first header, of any dialect. */
  static boolean isTar(byte[] first) {
    if (first.length < TAR_BLOCK || first[0] == 0) {
      return false;
    }
    try {
      return TarUtils.verifyCheckSum(first);
    } catch (IllegalArgumentException e) {
      return false; // its checksum is no number
    }
  }
}
