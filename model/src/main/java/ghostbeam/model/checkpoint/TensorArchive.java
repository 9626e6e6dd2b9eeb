package ghostbeam.model.checkpoint;

import ghostbeam.model.checkpoint.SafetensorsHeader.Entry;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Flat float32 tensors and strings in one safetensors file, whatever they are for.
 *
 * @param strings in order
 * @param tensors in order; not copied
 */
public record TensorArchive(Map<String, String> strings, Map<String, float[]> tensors) {
  private static final int LARGEST_BYTES = Integer.MAX_VALUE - 8;

  /** Writes the file so that it appears whole or not at all. */
  public void write(Storage storage, String path) throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<ByteBuffer> parts = new ArrayList<>();
    long position = 0;
    for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
      int length = tensor.getValue().length;
      ByteBuffer bytes = ByteBuffer.allocate(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(tensor.getValue());
      parts.add(bytes);
      long end = position + bytes.capacity();
      entries.add(new Entry(tensor.getKey(), "F32", new long[] {length}, position, end));
      position = end;
    }
    parts.add(0, ByteBuffer.wrap(new SafetensorsHeader(strings, entries).toBytes()));
    storage.writeWhole(path, parts.toArray(ByteBuffer[]::new));
  }

  /**
   * Reads a whole file.
   *
   * @throws IOException where it is missing, damaged or holds other than float32
   */
  public static TensorArchive read(Storage storage, String path) throws IOException {
    SafetensorsHeader header = Safetensors.readHeader(storage, path);
    ByteBuffer bytes = ByteBuffer.wrap(storage.readWhole(path, LARGEST_BYTES));
    int data =
        Math.toIntExact(
            SafetensorsHeader.LENGTH_BYTES + bytes.order(ByteOrder.LITTLE_ENDIAN).getLong());
    Map<String, float[]> tensors = new LinkedHashMap<>();
    for (Entry entry : header.entries()) {
      if (!entry.dtype().equals("F32")) {
        throw new IOException(path + " holds " + entry.name() + " as " + entry.dtype());
      }
      float[] values = new float[Math.toIntExact((entry.end() - entry.begin()) / Float.BYTES)];
      bytes
          .slice(data + Math.toIntExact(entry.begin()), values.length * Float.BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      tensors.put(entry.name(), values);
    }
    return new TensorArchive(header.metadata(), tensors);
  }
}
