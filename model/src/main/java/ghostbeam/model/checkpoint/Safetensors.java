package ghostbeam.model.checkpoint;

import ghostbeam.model.storage.Storage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/**
 * Files of named tensors, readable by every framework.
 *
 * @see <a href="https://huggingface.co/docs/safetensors">the format</a>
 */
final class Safetensors {
  private Safetensors() {}

  /** Reads and checks the head; an unsound one throws, naming the file. */
  static SafetensorsHeader readHeader(Storage storage, String path) throws IOException {
    try (SeekableByteChannel channel = storage.open(path)) {
      ByteBuffer length =
          ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      fill(channel, length);
      long headBytes = length.flip().getLong();
      long dataBytes = channel.size() - SafetensorsHeader.LENGTH_BYTES - headBytes;
      if (headBytes < 2 || headBytes > SafetensorsHeader.LARGEST_BYTES || dataBytes < 0) {
        throw new IOException("its head would have " + headBytes + " bytes");
      }
      ByteBuffer json = ByteBuffer.allocate((int) headBytes);
      fill(channel, json);
      return SafetensorsHeader.parse(json.array(), dataBytes);
    } catch (EOFException e) {
      throw new IOException(path + " is no safetensors file: it is too short", e);
    } catch (java.nio.file.NoSuchFileException | java.io.FileNotFoundException e) {
      throw new IOException("there is no checkpoint " + path, e);
    } catch (IOException e) {
      throw new IOException(path + " is no safetensors file: " + e.getMessage(), e);
    }
  }

  private static void fill(SeekableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException();
      }
    }
  }
}
