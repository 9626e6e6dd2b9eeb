package ghostbeam.pipelines.fuzz;

import ghostbeam.model.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectStreamException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** Files in memory, so that a hundred thousand inputs wear out no disk. */
public final class HeldStorage implements Storage {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, byte[]> files = new TreeMap<>();

  public HeldStorage put(String path, byte[] bytes) {
    files.put(path, bytes);
    return this;
  }

  byte[] get(String path) {
    return files.get(path);
  }

  Map<String, byte[]> files() {
    return files;
  }

  private Object writeReplace() throws ObjectStreamException {
    throw new java.io.NotSerializableException("files in memory stay in this process");
  }

  @Override
  public SeekableByteChannel open(String path) throws IOException {
    byte[] bytes = files.get(path);
    if (bytes == null) {
      throw new IOException(path + " does not exist");
    }
    return new SeekableInMemoryByteChannel(bytes);
  }

  @Override
  public WritableByteChannel create(String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    return new WritableByteChannel() {
      private boolean open = true;

      @Override
      public int write(ByteBuffer from) {
        byte[] part = new byte[from.remaining()];
        from.get(part);
        bytes.writeBytes(part);
        return part.length;
      }

      @Override
      public boolean isOpen() {
        return open;
      }

      @Override
      public void close() {
        open = false;
        files.put(path, bytes.toByteArray());
      }
    };
  }

  @Override
  public void rename(String from, String to) {
    files.put(to, files.remove(from));
  }

  @Override
  public void delete(String path) {
    files.remove(path);
  }

  @Override
  public boolean exists(String path) {
    return files.containsKey(path);
  }

  @Override
  public List<Entry> list(String folder) {
    return files.entrySet().stream()
        .filter(
            file ->
                file.getKey().equals(folder)
                    || file.getKey().startsWith(Storage.resolve(folder, "")))
        .map(file -> new Entry(file.getKey(), file.getValue().length, ""))
        .sorted(BY_PATH)
        .toList();
  }
}
