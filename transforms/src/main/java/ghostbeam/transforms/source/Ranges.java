package ghostbeam.transforms.source;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** Reads byte ranges of an object. */
public final class Ranges {
  private Ranges() {}

  /** At most {@code limit} bytes from an offset on; fewer at the end of the object. */
  public static byte[] read(SeekableByteChannel channel, long offset, int limit)
      throws IOException {
    int length = (int) Math.max(0, Math.min(limit, channel.size() - offset));
    if (length == 0) {
      return new byte[0];
    }
    byte[] bytes = new byte[length];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    channel.position(offset);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("source ended " + buffer.remaining() + " bytes early");
      }
    }
    return bytes;
  }
}
