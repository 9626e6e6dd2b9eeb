package ghostbeam.transforms.storage;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.execution.SerializableFailure;
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
 * {@link Storage} for any path: on the local disk, with or without {@code file:}, in a store that
 * {@link ObjectStores} has a client for, or in one of Beam's file systems.
 */
public enum BeamStorage implements Storage {
  INSTANCE;

  private static final Pattern SCHEME =
      Pattern.compile("[a-zA-Z][-a-zA-Z0-9+.]*:/.*", Pattern.DOTALL);

  /** What follows the path in a message that already names it, or one of its part files. */
  private static final Pattern AFTER_PATH = Pattern.compile("[ :/]|(\\.[-0-9a-f]{36})?\\.part\\b");

  @Override
  public SeekableByteChannel open(String path) throws IOException {
    return open(new Entry(path, Entry.UNKNOWN, ""));
  }

  @Override
  public SeekableByteChannel open(Entry found) throws IOException {
    String path = found.path();
    if (isLocal(path)) {
      return Storage.local().open(localPath(path));
    }
    return withPath(path, () -> ObjectStores.of(path).open(found));
  }

  @Override
  public WritableByteChannel create(String path) throws IOException {
    if (isLocal(path)) {
      return Storage.local().create(localPath(path));
    }
    return withPath(path, () -> ObjectStores.of(path).create(path));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    if (isLocal(from)) {
      Storage.local().rename(localPath(from), localPath(to));
      return;
    }
    run(from, () -> ObjectStores.of(from).move(from, to));
  }

  @Override
  public void delete(String path) throws IOException {
    if (isLocal(path)) {
      Storage.local().delete(localPath(path));
      return;
    }
    run(path, () -> ObjectStores.of(path).delete(path));
  }

  @Override
  public boolean exists(String path) throws IOException {
    return isLocal(path) ? Storage.local().exists(localPath(path)) : find(path).isPresent();
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    if (isLocal(path)) {
      return Storage.local().find(localPath(path));
    }
    return path.endsWith("/") ? Optional.empty() : withPath(path, () -> findObject(path));
  }

  /** Ignores an empty object that only marks a folder with its name, as some tools create. */
  private static Optional<Entry> findObject(String path) throws IOException {
    ObjectStore store = ObjectStores.of(path);
    Optional<Entry> found = store.find(path);
    boolean marker = found.isPresent() && found.get().bytes() == 0 && store.isFolder(path);
    return marker ? Optional.empty() : found;
  }

  @Override
  public List<Entry> list(String folder, Consumer<String> danglingLinks) throws IOException {
    return isLocal(folder) ? Storage.local().list(localPath(folder), danglingLinks) : list(folder);
  }

  @Override
  public List<Entry> list(String folder) throws IOException {
    if (isLocal(folder)) {
      return Storage.local().list(localPath(folder));
    }
    List<Entry> below =
        withPath(folder, () -> ObjectStores.of(folder).list(Storage.resolve(folder, "")));
    List<Entry> found = below.isEmpty() ? find(folder).stream().toList() : below;
    return found.stream()
        .filter(e -> !e.path().endsWith("/")) // empty objects that mark folders
        .sorted(BY_PATH)
        .toList();
  }

  @Override
  public List<Entry> listPrefix(String prefix) throws IOException {
    if (isLocal(prefix)) {
      return Storage.local().listPrefix(localPath(prefix));
    }
    return withPath(prefix, () -> ObjectStores.of(prefix).list(prefix)).stream()
        .filter(object -> object.path().indexOf('/', prefix.length()) < 0)
        .sorted(BY_PATH)
        .toList();
  }

  @Override
  public void walk(String folder, Predicate<Entry> more) throws IOException {
    if (isLocal(folder)) {
      Storage.local().walk(localPath(folder), more);
      return;
    }
    String prefix = Storage.resolve(folder, "");
    run(
        folder,
        () -> ObjectStores.of(folder).walk(prefix, e -> e.path().endsWith("/") || more.test(e)));
  }

  /** In a store whose writes are atomic, no temporary name is needed. */
  @Override
  public void writeWhole(String path, ByteBuffer... parts) throws IOException {
    if (isLocal(path)) {
      Storage.super.writeWhole(path, parts);
    } else if (ObjectStores.of(path) instanceof ObjectStore.Atomic store) {
      run(path, () -> store.put(path, parts));
    } else {
      run(path, () -> Storage.super.writeWhole(path, parts));
    }
  }

  @Override
  public void extend(String path, ByteBuffer whole, int kept) throws IOException {
    if (isLocal(path)) {
      Storage.local().extend(localPath(path), whole, kept);
    } else {
      writeWhole(path, whole);
    }
  }

  @Override
  public void writeNew(String path, byte[] bytes) throws IOException {
    if (isLocal(path) || !(ObjectStores.of(path) instanceof ObjectStore.Conditional store)) {
      Storage.super.writeNew(path, bytes);
    } else if (withPath(path, () -> store.putIfAbsent(path, bytes)).isEmpty()) {
      requireSame(path, bytes);
    }
  }

  static boolean isLocal(String path) {
    return !SCHEME.matcher(path).matches() || path.startsWith("file:/");
  }

  static String localPath(String path) {
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
    withPath(
        path,
        () -> {
          work.run();
          return path;
        });
  }

  private static <T> T withPath(String path, Access<T> access) throws IOException {
    try {
      return access.run();
    } catch (IOException | RuntimeException e) {
      throw withPath(path, e);
    }
  }

  /** Adds the path to a failure's message, in one line, and keeps the original as the cause. */
  static IOException withPath(String path, Exception e) {
    Throwable cause = SerializableFailure.of(e);
    if (e instanceof FileNotFoundException || e instanceof NoSuchFileException) {
      return new IOException(path + " does not exist", cause);
    }
    String message = e.getMessage() == null ? "" : e.getMessage();
    String reason = message.lines().findFirst().filter(line -> !line.equals(path)).orElse("");
    String line = reason.isEmpty() ? e.getClass().getName() : reason;
    boolean named =
        line.startsWith(path)
            && (path.endsWith("/")
                || AFTER_PATH.matcher(line.substring(path.length())).lookingAt());
    return named && line.equals(message) && cause == e && e instanceof IOException failure
        ? failure
        : new IOException(named ? line : path + ": " + line, cause);
  }
}
