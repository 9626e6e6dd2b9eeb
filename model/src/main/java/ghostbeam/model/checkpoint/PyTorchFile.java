package ghostbeam.model.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * A state dict as {@code torch.save} writes it, alone or in a training checkpoint: a zip with a
 * {@link PickleReader} and an entry for each storage, or, before PyTorch 1.6, pickles followed by
 * the storages.
 *
 * @see <a href="https://pytorch.org/docs/stable/notes/serialization.html">the format</a>
 */
final class PyTorchFile {
  private static final String PICKLE = "/data.pkl";
  private static final int MAX_PICKLE = 64 << 20;
  private static final int MAX_NAME = 1 << 10;
  private static final Long LEGACY_PROTOCOL = 1001L;

  /** A counter that {@code torch.optim.swa_utils.AveragedModel} keeps next to its module. */
  private static final String COUNTER = "n_averaged";

  /** Prefixes of all names where the network was wrapped for training. */
  private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.");

  private final WeightKind kind;
  private final long fileBytes;
  private final Map<String, PickleGlobals.Store> stores = new HashMap<>();
  private final Map<String, ByteBuffer> loaded = new HashMap<>();
  private long copied;

  private PyTorchFile(WeightKind kind, long fileBytes) {
    this.kind = kind;
    this.fileBytes = fileBytes;
  }

  /** The bytes of a storage, little-endian. */
  @FunctionalInterface
  private interface Loader {
    ByteBuffer load(PickleGlobals.Store store) throws IOException;
  }

  static boolean begins(byte[] file) {
    boolean zip = file.length > 3 && file[0] == 'P' && file[1] == 'K' && file[2] == 3;
    return zip || (file.length > 1 && file[0] == (byte) 0x80 && file[1] >= 2 && file[1] <= 5);
  }

  /**
   * The tensors of the state dict by name, in its order, without the prefixes of wrappers.
   *
   * @param kind which of a training checkpoint's weights to read
   * @throws IOException saying what is wrong, without the file's name
   */
  static Map<String, RawTensor> parse(byte[] file, WeightKind kind) throws IOException {
    PyTorchFile reader = new PyTorchFile(kind, file.length);
    return file[0] == 'P' ? reader.ofZip(file) : reader.ofPickles(ByteBuffer.wrap(file));
  }

  private Map<String, RawTensor> ofZip(byte[] file) throws IOException {
    try (ZipFile zip =
        ZipFile.builder().setSeekableByteChannel(new SeekableInMemoryByteChannel(file)).get()) {
      String top = top(zip);
      Object saved =
          PickleReader.read(ByteBuffer.wrap(entry(zip, top + PICKLE, MAX_PICKLE)), stores);
      String order = top + "/byteorder";
      if (zip.getEntry(order) != null
          && new String(entry(zip, order, 16), UTF_8).strip().equals("big")) {
        throw new IOException("its numbers are big-endian; save it again on x86 or ARM");
      }
      return tensors(
          StateDict.of(saved, kind),
          store ->
              ByteBuffer.wrap(entry(zip, top + "/data/" + store.key(), Integer.MAX_VALUE - 8)));
    }
  }

  /** The archive's single folder. */
  private static String top(ZipFile zip) throws IOException {
    for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
      String name = entry.getName();
      int slash = name.indexOf('/');
      if (slash > 0 && name.substring(slash).equals(PICKLE)) {
        String top = name.substring(0, slash);
        if (zip.getEntry(top + "/constants.pkl") != null) {
          throw new IOException(
              "it is a TorchScript module, which holds code and no state dict; in Python:"
                  + " torch.save(torch.jit.load(FILE).state_dict(), 'weights.pth')");
        }
        return top;
      }
    }
    throw new IOException("it is a zip without data.pkl");
  }

  /** An entry's bytes, which must be stored uncompressed: they cannot exceed the file's size. */
  private byte[] entry(ZipFile zip, String name, int most) throws IOException {
    ZipArchiveEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException("it lacks " + name);
    }
    if (entry.getMethod() != ZipArchiveEntry.STORED) {
      throw new IOException(name + " is compressed, which torch.save never does");
    }
    long bytes = entry.getSize();
    copy(bytes);
    if (bytes < 0 || bytes > most) {
      throw new IOException(name + " claims an impossible " + bytes + " bytes");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] read = in.readNBytes((int) bytes);
      if (read.length < bytes) {
        throw new IOException(name + " is cut short");
      }
      return read;
    }
  }

  /** The legacy format: magic number, protocol, system info, value, storages' keys, storages. */
  private Map<String, RawTensor> ofPickles(ByteBuffer file) throws IOException {
    if (!PickleReader.isLegacyMagic(PickleReader.read(file, stores))
        || !LEGACY_PROTOCOL.equals(PickleReader.read(file, stores))) {
      throw new IOException("it is a pickle, but not one that torch.save wrote");
    }
    boolean little =
        PickleReader.read(file, stores) instanceof Map<?, ?> facts
            && Boolean.TRUE.equals(facts.get("little_endian"));
    Object saved = PickleReader.read(file, stores);
    if (!little || !(PickleReader.read(file, stores) instanceof List<?> keys)) {
      throw new IOException("its numbers are big-endian; save it again on x86 or ARM");
    }
    file.order(ByteOrder.LITTLE_ENDIAN);
    for (Object key : keys) {
      PickleGlobals.Store store = stores.get(key);
      if (store == null || file.remaining() < Long.BYTES) {
        throw new IOException("it is cut short, or its storages are not those of its pickle");
      }
      long elements = file.getLong();
      if (elements != store.elements()
          || elements > (long) file.remaining() / store.type().bytes()) {
        throw new IOException("storage " + store.key() + " is cut short or of another size");
      }
      int bytes = (int) elements * store.type().bytes();
      loaded.put(store.key(), file.slice(file.position(), bytes));
      file.position(file.position() + bytes);
    }
    return tensors(
        StateDict.of(saved, kind),
        store -> {
          throw new IOException("it lacks storage " + store.key());
        });
  }

  private Map<String, RawTensor> tensors(Map<?, ?> dict, Loader loader) throws IOException {
    Map<String, RawTensor> tensors = new LinkedHashMap<>();
    String wrapper = wrapper(dict.keySet());
    for (Map.Entry<?, ?> entry : dict.entrySet()) {
      if (entry.getKey() instanceof String name
          && entry.getValue() instanceof PickleGlobals.Tensor view) {
        String plain = name.equals(COUNTER) ? name : name.substring(wrapper.length());
        if (!RawTensor.isName(plain) || plain.length() > MAX_NAME) {
          throw new IOException("a name has control characters");
        }
        PickleGlobals.Store store = view.store();
        ByteBuffer bytes = loaded.get(store.key());
        if (bytes == null) {
          bytes = loader.load(store);
          loaded.put(store.key(), bytes);
        }
        if (store.elements() != bytes.remaining() / store.type().bytes()) {
          throw new IOException("storage " + store.key() + " is cut short or of another size");
        }
        tensors.put(
            plain,
            new RawTensor(
                plain, store.type().name(), view.shape(), List.of(elements(plain, view, bytes))));
      }
    }
    return tensors;
  }

  /** The prefix that wrappers gave to every name except PyTorch's averaging counter. */
  private static String wrapper(Set<?> names) {
    String all = "";
    boolean found = !names.isEmpty();
    while (found) {
      found = false;
      for (String one : WRAPPERS) {
        String longer = all + one;
        if (names.stream()
            .filter(name -> !COUNTER.equals(name))
            .allMatch(name -> name instanceof String s && s.startsWith(longer))) {
          all = longer;
          found = true;
          break;
        }
      }
    }
    return all;
  }

  /** A view's elements in row-major order: a slice of the storage where possible, else a copy. */
  private ByteBuffer elements(String name, PickleGlobals.Tensor view, ByteBuffer storage)
      throws IOException {
    long[] shape = view.shape();
    long[] strides = view.strides();
    long elements = 1;
    long last = view.offset();
    boolean rowMajor = true;
    try {
      for (int i = shape.length - 1; i >= 0; i--) {
        rowMajor &= shape[i] == 1 || strides[i] == elements;
        elements = Math.multiplyExact(elements, shape[i]);
        last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[i] - 1), strides[i]));
      }
    } catch (ArithmeticException | IndexOutOfBoundsException e) {
      throw new IOException("tensor " + name + " has an impossible size", e);
    }
    if (elements > view.store().elements() || (elements > 0 && last >= view.store().elements())) {
      throw new IOException("tensor " + name + " is larger than its storage");
    }
    int size = view.store().type().bytes();
    if (elements == 0) {
      return ByteBuffer.allocate(0);
    }
    if (rowMajor) {
      return storage.slice((int) view.offset() * size, (int) elements * size);
    }
    copy(elements * size);
    ByteBuffer copy = ByteBuffer.allocate((int) elements * size);
    long[] at = new long[shape.length];
    for (long i = 0, from = view.offset(); i < elements; i++) {
      copy.put(storage.slice((int) from * size, size));
      for (int d = shape.length - 1; d >= 0; d--) {
        from += strides[d];
        if (++at[d] < shape[d]) {
          break;
        }
        from -= strides[d] * shape[d];
        at[d] = 0;
      }
    }
    return copy.flip();
  }

  /** Limits copies: entries and views may overlap, so a small file could expand to a huge one. */
  private void copy(long bytes) throws IOException {
    copied += bytes;
    if (copied > 2 * fileBytes) {
      throw new IOException("its overlapping tensors would take more than twice the file's bytes");
    }
  }
}
