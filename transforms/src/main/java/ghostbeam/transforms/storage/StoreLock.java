package ghostbeam.transforms.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.record.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * An object in a store. It goes when its run ends, by itself or by Ctrl-C, and stays when its run
 * dies.
 */
final class StoreLock extends RunLock {
  private static final int LONGEST_HOLDER = 4096;
  private static final Storage STORE = BeamStorage.INSTANCE;

  private final Release release;
  private final Thread atShutdown;
  private boolean released;

  private interface Release {
    void run() throws IOException;
  }

  private StoreLock(Release release) {
    this.release = release;
    this.atShutdown = new Thread(this::releaseQuietly, "ghostbeam-lock");
    Runtime.getRuntime().addShutdownHook(atShutdown);
  }

  /** Creates the object if there is none, which the store decides. */
  static StoreLock create(ObjectStore.Conditional store, String path, String holder)
      throws IOException {
    Optional<String> version = put(store, path, holder);
    if (version.isEmpty()) {
      Optional<Storage.Entry> found = STORE.find(path);
      String other = found.isEmpty() ? "" : holderOf(path);
      if (!other.equals(holder)) {
        throw refused(path, other, remedy(path));
      }
      version = found.map(Storage.Entry::version); // the first of two attempts got through
    }
    String own = version.orElseThrow();
    return new StoreLock(() -> store.deleteVersion(path, own));
  }

  private static Optional<String> put(ObjectStore.Conditional store, String path, String holder)
      throws IOException {
    try {
      return store.putIfAbsent(path, holder.getBytes(UTF_8));
    } catch (IOException e) {
      throw new IOException(path + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** Puts a claim of one's own, then looks whether there is another. */
  static StoreLock claim(String path, String holder) throws IOException {
    String own = path + "." + UUID.randomUUID();
    STORE.writeWhole(own, ByteBuffer.wrap(holder.getBytes(UTF_8)));
    StoreLock lock = new StoreLock(() -> STORE.delete(own));
    Optional<String> other =
        STORE.list(path.substring(0, path.lastIndexOf('/'))).stream()
            .map(Storage.Entry::path)
            .filter(claim -> claim.startsWith(path + ".") && !claim.equals(own))
            .findFirst();
    if (other.isPresent()) {
      lock.close();
      throw refused(other.get(), holderOf(other.get()), remedy(other.get()));
    }
    return lock;
  }

  private static String holderOf(String claim) {
    try {
      return new String(STORE.readWhole(claim, LONGEST_HOLDER), UTF_8);
    } catch (IOException e) {
      return ""; // given up since it was found
    }
  }

  private static String remedy(String path) {
    return "wait for it, or if that run is dead delete " + path + " and run again";
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(atShutdown);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook with it.
    }
    release();
  }

  private synchronized void release() throws IOException {
    if (!released) {
      released = true;
      release.run();
    }
  }

  private void releaseQuietly() {
    try {
      release();
    } catch (IOException | RuntimeException e) {
      // Nobody is left to tell; the next run is told how to break the lock.
    }
  }
}
