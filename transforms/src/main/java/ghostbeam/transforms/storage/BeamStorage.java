package ghostbeam.transforms.storage;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.Travelling;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * {@link Storage} wherever a path leads: to this machine's disk, with or without {@code file:}, to
 * a store that {@link ObjectStores} has a client for, or to one of Beam's file systems.
 */
public enum BeamStorage implements Storage {
  INSTANCE;

  private static final Pattern SCHEME =
      Pattern.compile("[a-zA-Z][-a-zA-Z0-9+.]*:/.*", Pattern.DOTALL);

  /** What follows the path in words that name it, or a part of it, nearer to what failed. */
  private static final Pattern NEARER = Pattern.compile("[ :/]|(\\.[-0-9a-f]{36})?\\.part\\b");

  @Override
  public SeekableByteChannel open(String path) throws IOException {
    return open(new Entry(path, Entry.UNKNOWN, ""));
  }

  @Override
  public SeekableByteChannel open(Entry found) throws IOException {
    String path = found.path();
    if (isLocal(path)) {
      return Storage.local().open(plain(path));
    }
    return named(path, () -> ObjectStores.of(path).open(found));
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    if (isLocal(path)) {
      return Storage.local().create(plain(path));
    }
    return named(path, () -> ObjectStores.of(path).create(path));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    if (isLocal(from)) {
      Storage.local().rename(plain(from), plain(to));
      return;
    }
    run(from, () -> ObjectStores.of(from).move(from, to));
  }

  @Override
  public void delete(String path) throws IOException {
    if (isLocal(path)) {
      Storage.local().delete(plain(path));
      return;
    }
    run(path, () -> ObjectStores.of(path).delete(path));
  }

  @Override
  public boolean exists(String path) throws IOException {
    return isLocal(path) ? Storage.local().exists(plain(path)) : find(path).isPresent();
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    if (isLocal(path)) {
      return Storage.local().find(plain(path));
    }
    return path.endsWith("/") ? Optional.empty() : named(path, () -> findObject(path));
  }

  /** But an empty one that only says that there is a folder of its name, as some tools leave. */
  private static Optional<Entry> findObject(String path) throws IOException {
    ObjectStore store = ObjectStores.of(path);
    Optional<Entry> found = store.find(path);
    boolean marks = found.isPresent() && found.get().bytes() == 0 && store.isFolder(path);
    return marks ? Optional.empty() : found;
  }

  @Override
  public List<Entry> list(String folder, Consumer<String> nowhere) throws IOException {
    return isLocal(folder) ? Storage.local().list(plain(folder), nowhere) : list(folder);
  }

  @Override
  public List<Entry> list(String folder) throws IOException {
    if (isLocal(folder)) {
      return Storage.local().list(plain(folder));
    }
    List<Entry> below =
        named(folder, () -> ObjectStores.of(folder).list(Storage.resolve(folder, "")));
    List<Entry> found = below.isEmpty() ? find(folder).stream().toList() : below;
    return found.stream()
        .filter(e -> !e.path().endsWith("/")) // stores keep empty objects as folders
        .sorted(BY_PATH)
        .toList();
  }

  @Override
  public List<Entry> listPrefix(String prefix) throws IOException {
    if (isLocal(prefix)) {
      return Storage.local().listPrefix(plain(prefix));
    }
    return named(prefix, () -> ObjectStores.of(prefix).list(prefix)).stream()
        .filter(object -> object.path().indexOf('/', prefix.length()) < 0)
        .sorted(BY_PATH)
        .toList();
  }

  @Override
  public void walk(String folder, Predicate<Entry> more) throws IOException {
    if (isLocal(folder)) {
      Storage.local().walk(plain(folder), more);
      return;
    }
    String prefix = Storage.resolve(folder, "");
    run(
        folder,
        () -> ObjectStores.of(folder).walk(prefix, e -> e.path().endsWith("/") || more.test(e)));
  }

  /** An object appears when it is whole, so a store needs no temporary name and no renaming. */
  @Override
  public void writeWhole(String path, ByteBuffer... parts) throws IOException {
    if (isLocal(path)) {
      Storage.super.writeWhole(path, parts);
    } else if (ObjectStores.of(path) instanceof ObjectStore.Whole store) {
      run(path, () -> store.put(path, parts));
    } else {
      run(path, () -> Storage.super.writeWhole(path, parts));
    }
  }

  @Override
  public void extend(String path, ByteBuffer whole, int kept) throws IOException {
    if (isLocal(path)) {
      Storage.local().extend(plain(path), whole, kept);
    } else {
      writeWhole(path, whole);
    }
  }

  @Override
  public void writeNew(String path, byte[] bytes) throws IOException {
    if (isLocal(path) || !(ObjectStores.of(path) instanceof ObjectStore.Conditional store)) {
      Storage.super.writeNew(path, bytes);
    } else if (named(path, () -> store.putIfAbsent(path, bytes)).isEmpty()) {
      requireSame(path, bytes);
    }
  }

  static boolean isLocal(String path) {
    return !SCHEME.matcher(path).matches() || path.startsWith("file:/");
  }

  static String plain(String path) {
    if (!path.startsWith("file:/")) {
      return path;
    }
    return path.substring(path.startsWith("file://") ? "file://".length() : "file:".length());
  }

  private interface Access<T> {
    T run() throws IOException;
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void run(String path, Work work) throws IOException {
    named(
        path,
        () -> {
          work.run();
          return path;
        });
  }

  private static <T> T named(String path, Access<T> access) throws IOException {
    try {
      return access.run();
    } catch (IOException | RuntimeException e) {
      throw named(path, e);
    }
  }

  /** Gives a failure its path, in one line; the store's own words stay as the cause. */
  static IOException named(String path, Exception e) {
    Throwable cause = Travelling.of(e);
    if (e instanceof FileNotFoundException || e instanceof NoSuchFileException) {
      return new IOException(path + " does not exist", cause);
    }
    String words = e.getMessage() == null ? "" : e.getMessage();
    String reason = words.lines().findFirst().filter(line -> !line.equals(path)).orElse("");
    String line = reason.isEmpty() ? e.getClass().getName() : reason;
    boolean named =
        line.startsWith(path)
            && (path.endsWith("/") || NEARER.matcher(line.substring(path.length())).lookingAt());
    return named && line.equals(words) && cause == e && e instanceof IOException failure
        ? failure
        : new IOException(named ? line : path + ": " + line, cause);
  }
}
