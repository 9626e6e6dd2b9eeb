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
 * Reader and writer of safetensors files.
 *
 * @param strings the header's metadata
 * @param tensors by name, in the order of their data; views of the file's bytes
 * @see <a href="https://huggingface.co/docs/safetensors">the format</a>
 */
record Safetensors(Map<String, String> strings, Map<String, RawTensor> tensors) {

  /** The bytes of a file; a missing one throws, naming it. */
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
      throw new IOException(path + " is not a safetensors file: " + e.getMessage(), e);
    }
  }

  /** The same; messages do not name the file. */
  static Safetensors parse(byte[] file) throws IOException {
    int lengthBytes = SafetensorsHeader.LENGTH_BYTES;
    if (file.length < lengthBytes) {
      throw new IOException("it is too short");
    }
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long headerBytes = bytes.getLong();
    long dataBytes = file.length - lengthBytes - headerBytes;
    if (headerBytes < 2 || headerBytes > SafetensorsHeader.MAX_BYTES || dataBytes < 0) {
      throw new IOException("its header would have " + headerBytes + " bytes");
    }
    int data = lengthBytes + (int) headerBytes;
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

  /** Whether a file begins like these: with a length and JSON. */
  static boolean begins(byte[] file) {
    return file.length > SafetensorsHeader.LENGTH_BYTES
        && file[SafetensorsHeader.LENGTH_BYTES] == '{';
  }

  /** Writes a file so that it appears whole or not at all; equal content gives equal bytes. */
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
