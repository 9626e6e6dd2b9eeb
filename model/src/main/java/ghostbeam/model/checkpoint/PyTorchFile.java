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
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * What {@code torch.save} writes of a state dict, alone or in a training's checkpoint: a zip with a
 * {@link Pickle} and an entry a storage, or, before PyTorch 1.6, pickles with the storages behind
 * them.
 *
 * @see <a href="https://pytorch.org/docs/stable/notes/serialization.html">the format</a>
 */
final class PyTorchFile {
  private static final String PICKLE = "/data.pkl";
  private static final int LONGEST_PICKLE = 64 << 20;
  private static final int LONGEST_NAME = 1 << 10;
  private static final int SHOWN = 10;
  private static final Long LEGACY_PROTOCOL = 1001L;

  /** What {@code torch.optim.swa_utils.AveragedModel} keeps beside its module. */
  private static final String COUNTER = "n_averaged";

  /** Where trainings keep their state dicts: PyTorch's own examples, timm, DeiT. */
  private static final Map<WeightKind, List<String>> KEYS =
      Map.of(
          WeightKind.RAW, List.of("state_dict", "model"),
          WeightKind.EMA, List.of("state_dict_ema", "model_ema"));

  /** What stands before each name where a network was wrapped for training. */
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
   * The tensors of the state dict by name, in its order, without what a wrapper put before names.
   *
   * @param kind which weights of a training's checkpoint are meant
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
      Object saved = Pickle.read(ByteBuffer.wrap(entry(zip, top + PICKLE, LONGEST_PICKLE)), stores);
      String order = top + "/byteorder";
      if (zip.getEntry(order) != null
          && new String(entry(zip, order, 16), UTF_8).strip().equals("big")) {
        throw new IOException("its numbers are big-endian; save it again on x86 or ARM");
      }
      return tensors(
          stateDict(saved),
          store ->
              ByteBuffer.wrap(entry(zip, top + "/data/" + store.key(), Integer.MAX_VALUE - 8)));
    }
  }

  /** The archive's one folder. */
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

  /** An entry's bytes, stored as they are: all of them together are no more than the file's. */
  private byte[] entry(ZipFile zip, String name, int most) throws IOException {
    ZipArchiveEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException("it lacks " + name);
    }
    if (entry.getMethod() != ZipArchiveEntry.STORED) {
      throw new IOException(name + " is compressed, as torch.save does not");
    }
    long bytes = entry.getSize();
    copy(bytes);
    if (bytes < 0 || bytes > most) {
      throw new IOException(name + " has " + bytes + " bytes, which cannot be");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] read = in.readNBytes((int) bytes);
      if (read.length < bytes) {
        throw new IOException(name + " is cut");
      }
      return read;
    }
  }

  /** Magic number, protocol, the machine's facts, the value, keys of storages; then these. */
  private Map<String, RawTensor> ofPickles(ByteBuffer file) throws IOException {
    if (!Pickle.isLegacyMagic(Pickle.read(file, stores))
        || !LEGACY_PROTOCOL.equals(Pickle.read(file, stores))) {
      throw new IOException("it is a pickle, but none of torch.save");
    }
    boolean little =
        Pickle.read(file, stores) instanceof Map<?, ?> facts
            && Boolean.TRUE.equals(facts.get("little_endian"));
    Object saved = Pickle.read(file, stores);
    if (!little || !(Pickle.read(file, stores) instanceof List<?> keys)) {
      throw new IOException("its numbers are big-endian; save it again on x86 or ARM");
    }
    file.order(ByteOrder.LITTLE_ENDIAN);
    for (Object key : keys) {
      PickleGlobals.Store store = stores.get(key);
      if (store == null || file.remaining() < Long.BYTES) {
        throw new IOException("it is cut, or its storages are not those that its pickle names");
      }
      long elements = file.getLong();
      if (elements != store.elements()
          || elements > (long) file.remaining() / store.type().bytes()) {
        throw new IOException("storage " + store.key() + " is cut or of another size");
      }
      int bytes = (int) elements * store.type().bytes();
      loaded.put(store.key(), file.slice(file.position(), bytes));
      file.position(file.position() + bytes);
    }
    return tensors(
        stateDict(saved),
        store -> {
          throw new IOException("it lacks storage " + store.key());
        });
  }

  /** The dict of tensors that is meant, in whatever keeps it. */
  private Map<?, ?> stateDict(Object saved) throws IOException {
    if (!(saved instanceof Map<?, ?> dict)) {
      throw new IOException("it holds no dict of tensors");
    }
    for (String key : KEYS.get(kind)) {
      if (dict.get(key) instanceof Map<?, ?> inner) {
        return inner;
      }
    }
    if (kind == WeightKind.RAW
        && dict.values().stream().anyMatch(PickleGlobals.Tensor.class::isInstance)) {
      return dict;
    }
    throw new IOException(
        "it has no %s weights under %s; it has %s"
            .formatted(
                kind.title(),
                String.join(" or ", KEYS.get(kind)),
                dict.keySet().stream()
                    .filter(String.class::isInstance)
                    .limit(SHOWN)
                    .map(key -> PickleGlobals.printable((String) key))
                    .collect(Collectors.joining(", "))));
  }

  private Map<String, RawTensor> tensors(Map<?, ?> dict, Loader loader) throws IOException {
    Map<String, RawTensor> tensors = new LinkedHashMap<>();
    String wrapper = wrapper(dict.keySet());
    for (Map.Entry<?, ?> entry : dict.entrySet()) {
      if (entry.getKey() instanceof String name
          && entry.getValue() instanceof PickleGlobals.Tensor view) {
        String plain = name.equals(COUNTER) ? name : name.substring(wrapper.length());
        if (!RawTensor.isName(plain) || plain.length() > LONGEST_NAME) {
          throw new IOException("a name cannot be printed");
        }
        PickleGlobals.Store store = view.store();
        ByteBuffer bytes = loaded.get(store.key());
        if (bytes == null) {
          bytes = loader.load(store);
          loaded.put(store.key(), bytes);
        }
        if (store.elements() != bytes.remaining() / store.type().bytes()) {
          throw new IOException("storage " + store.key() + " is cut or of another size");
        }
        tensors.put(
            plain,
            new RawTensor(
                plain, store.type().name(), view.shape(), List.of(elements(plain, view, bytes))));
      }
    }
    return tensors;
  }

  /**
   * What every name begins with that a wrapper gave it: several may lie around each other.
   * PyTorch's own averaged model counts beside them.
   */
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

  /** A view's elements in row-major order: a part of the storage, or copied where it is none. */
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
      throw new IOException("tensor " + name + " has a size that cannot be", e);
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

  /** Entries and views may share bytes, which would make much of a small file. */
  private void copy(long bytes) throws IOException {
    copied += bytes;
    if (copied > 2 * fileBytes) {
      throw new IOException("its tensors share bytes until they take more than twice the file's");
    }
  }
}
