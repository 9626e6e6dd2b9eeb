package ghostbeam.transforms.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock object in a store. It is deleted when the run ends or is stopped by Ctrl-C, and stays if
 * the process dies.
 */
final class StoreLock extends RunLock {
  private static final int LONGEST_HOLDER = 4096;
  private static final Storage STORE = BeamStorage.INSTANCE;

  /** How long Ctrl-C waits for a request in flight. */
  private static final long SHUTDOWN_TIMEOUT_SECONDS = 10;

  private final ReentrantLock busy = new ReentrantLock();

  /**
   * Time between the two checks for other claims. Listings of some stores, such as S3Proxy on
   * files, occasionally lack an object while others are deleted; by the second check, runs that
   * started at the same time have given up.
   */
  private static final long RECHECK_MILLIS = 1_000;

  /** Null if the lock is not held. */
  private Release release;

  private interface Release {
    void run() throws IOException;
  }

  private interface Acquisition {
    Release run() throws IOException;
  }

  private StoreLock() {}

  /** Acquires a lock such that Ctrl-C at any moment releases whatever was acquired. */
  private static StoreLock take(Acquisition acquisition) throws IOException {
    StoreLock lock = new StoreLock();
    lock.busy.lock();
    try {
      lock.addShutdownHook();
      lock.release = acquisition.run();
      return lock;
    } finally {
      lock.busy.unlock();
      if (lock.release == null) {
        lock.close();
      }
    }
  }

  /** Creates the object by a conditional write. */
  static StoreLock create(ObjectStore.Conditional store, String path, String holder)
      throws IOException {
    return take(
        () -> {
          Optional<String> version = put(store, path, holder);
          if (version.isEmpty()) {
            Optional<Storage.Entry> found = STORE.find(path);
            String other = found.isEmpty() ? "" : holderOf(path);
            if (!other.equals(holder)) {
              throw refused(path, other, remedy(path));
            }
            version = found.map(Storage.Entry::version); // written by an earlier attempt of ours
          }
          String own = version.orElseThrow();
          return () -> release(path, () -> store.deleteVersion(path, own));
        });
  }

  private static Optional<String> put(ObjectStore.Conditional store, String path, String holder)
      throws IOException {
    try {
      return store.putIfAbsent(path, holder.getBytes(UTF_8));
    } catch (IOException e) {
      throw new IOException(path + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** Writes a claim, then checks twice that there is no other. */
  static StoreLock claim(String path, String holder) throws IOException {
    String own = path + "." + UUID.randomUUID();
    StoreLock lock =
        take(
            () -> {
              STORE.writeWhole(own, ByteBuffer.wrap(holder.getBytes(UTF_8)));
              return () -> release(own, () -> STORE.delete(own));
            });
    try {
      requireNoOther(path, own);
      Thread.sleep(RECHECK_MILLIS);
      requireNoOther(path, own);
      return lock;
    } catch (IOException e) {
      lock.abandon(e);
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      IOException interrupted = new InterruptedIOException("interrupted while it took " + path);
      lock.abandon(interrupted);
      throw interrupted;
    }
  }

  /** Releases the lock after a failure; a failed release is only added as suppressed. */
  private void abandon(IOException why) {
    try {
      close();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  private static void release(String path, Release release) throws IOException {
    try {
      release.run();
    } catch (IOException e) {
      throw new IOException(
          "the lock %s could not be released: %s; delete it before the next run"
              .formatted(path, String.valueOf(e.getMessage()).replace(path + ": ", "")),
          e);
    }
  }

  private static void requireNoOther(String path, String own) throws IOException {
    for (Storage.Entry claim : STORE.listPrefix(path + ".")) {
      String other = claim.path();
      if (!other.equals(own)) {
        throw refused(other, holderOf(other), remedy(other));
      }
    }
  }

  private static String holderOf(String claim) {
    try {
      return new String(STORE.readWhole(claim, LONGEST_HOLDER), UTF_8);
    } catch (IOException e) {
      return ""; // released since it was listed
    }
  }

  private static String remedy(String path) {
    return "wait for it, or if that run is dead delete " + path + " and run again";
  }

  @Override
  public void close() throws IOException {
    removeShutdownHook();
    release();
  }

  private void release() throws IOException {
    busy.lock();
    try {
      if (release != null) {
        Release once = release;
        release = null;
        once.run();
      }
    } finally {
      busy.unlock();
    }
  }

  @Override
  void releaseAtShutdown() throws IOException, InterruptedException {
    if (busy.tryLock(SHUTDOWN_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      try {
        release();
      } finally {
        busy.unlock();
      }
    }
  }
}
