package ghostbeam.model.checkpoint;

import ghostbeam.model.checkpoint.SafetensorsHeader.Entry;
import ghostbeam.model.storage.ForeignFile;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of named tensors that every framework reads: the one reader and the one writer.
 *
 * @param strings what its writer left in the head
 * @param tensors by name, in the order of their bytes, which they share with the file that was read
 * @see <a href="https://huggingface.co/docs/safetensors">the format</a>
 */
record Safetensors(Map<String, String> strings, Map<String, RawTensor> tensors) {

  /** The bytes of a file, read once; a missing one throws, naming it. */
  static byte[] load(Storage storage, String path) throws IOException {
    try {
      return storage.readWhole(path);
    } catch (java.nio.file.NoSuchFileException | java.io.FileNotFoundException e) {
      throw new IOException("there is no checkpoint " + path, e);
    }
  }

  /** Parses a whole file, trusting none of it; an unsound one throws, naming it. */
  static Safetensors parse(String path, byte[] file) throws IOException {
    try {
      return parse(file);
    } catch (IOException e) {
      if (!begins(file)) {
        ForeignFile.refuse(path, file);
      }
      throw new IOException(path + " is no safetensors file: " + e.getMessage(), e);
    }
  }

  /** The same; what is wrong is said without the name. */
  static Safetensors parse(byte[] file) throws IOException {
    int lengthBytes = SafetensorsHeader.LENGTH_BYTES;
    if (file.length < lengthBytes) {
      throw new IOException("it is too short");
    }
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long headBytes = bytes.getLong();
    long dataBytes = file.length - lengthBytes - headBytes;
    if (headBytes < 2 || headBytes > SafetensorsHeader.LARGEST_BYTES || dataBytes < 0) {
      throw new IOException("its head would have " + headBytes + " bytes");
    }
    int data = lengthBytes + (int) headBytes;
    SafetensorsHeader header =
        SafetensorsHeader.parse(Arrays.copyOfRange(file, lengthBytes, data), dataBytes);
    Map<String, RawTensor> tensors = new LinkedHashMap<>();
    for (Entry entry : header.entries()) {
      ByteBuffer content =
          bytes.slice(data + (int) entry.begin(), (int) (entry.end() - entry.begin()));
      tensors.put(
          entry.name(),
          new RawTensor(entry.name(), entry.dtype(), entry.shape(), List.of(content)));
    }
    return new Safetensors(header.metadata(), tensors);
  }

  /** Whether a file begins as these do: with JSON after its length. */
  static boolean begins(byte[] file) {
    return file.length > SafetensorsHeader.LENGTH_BYTES
        && file[SafetensorsHeader.LENGTH_BYTES] == '{';
  }

  /** Writes a file so that it appears whole or not at all; the same content has the same bytes. */
  static void write(
      Storage storage, String path, Map<String, String> strings, List<RawTensor> tensors)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<ByteBuffer> parts = new ArrayList<>();
    long position = 0;
    for (RawTensor tensor : tensors) {
      long end = position + tensor.bytes();
      entries.add(new Entry(tensor.name(), tensor.dtype(), tensor.shape(), position, end));
      parts.addAll(tensor.slices());
      position = end;
    }
    parts.add(0, ByteBuffer.wrap(new SafetensorsHeader(strings, entries).toBytes()));
    storage.writeWhole(path, parts.toArray(ByteBuffer[]::new));
  }
}
