package ghostbeam.transforms.storage;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * A lock file that keeps two runs from writing to the same folder at the same time.
 *
 * <ul>
 *   <li>Local: an operating system lock on the file. It ends with the process, so it is never
 *       stale. Two processes never both hold it, on one machine and on network file systems that
 *       support locks. Ctrl-C deletes the file; after a crash it stays but blocks nobody.
 *   <li>{@code gs://}: the object is created on condition that no generation of it exists. Ctrl-C
 *       deletes it; after a crash it stays until somebody deletes it.
 *   <li>{@code s3://} and others: each run writes its own claim object and goes on only if it then
 *       lists no other. Two never both go on if listings are strongly consistent, as in S3 and
 *       compatible stores; two that start at the same moment may both be refused. Ctrl-C deletes
 *       the claim; after a crash it stays until somebody deletes it.
 * </ul>
 */
public abstract class RunLock implements Closeable {

  /** Runs on Ctrl-C before the lock is released, to end the work that holds it. */
  private volatile Runnable beforeRelease = () -> {};

  private final Thread atShutdown = new Thread(this::end, "ghostbeam-lock");

  RunLock() {}

  /** From now on Ctrl-C ends the work and releases the lock. */
  final void addShutdownHook() {
    Runtime.getRuntime().addShutdownHook(atShutdown);
  }

  /** Undoes {@link #addShutdownHook}; has no effect if the JVM is already shutting down. */
  final void removeShutdownHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(atShutdown);
    } catch (IllegalStateException e) {
      // Already shutting down.
    }
  }

  private void end() {
    beforeRelease.run();
    try {
      releaseAtShutdown();
    } catch (IOException | RuntimeException | InterruptedException e) {
      // Nobody is left to report to; the next run's error says how to break the lock.
    }
  }

  abstract void releaseAtShutdown() throws IOException, InterruptedException;

  /**
   * Takes the lock.
   *
   * @param path of the lock file; its folder need not exist
   * @throws IOException if another run holds it; the message says which, and how to break a stale
   *     one
   */
  public static RunLock take(String path) throws IOException {
    String holder = holder();
    if (BeamStorage.isLocal(path)) {
      return LocalLock.take(BeamStorage.localPath(path), holder);
    }
    return ObjectStores.of(path) instanceof ObjectStore.Conditional store
        ? StoreLock.create(store, path, holder)
        : StoreLock.claim(path, holder);
  }

  /** Work done while holding a lock. */
  public interface Work {
    void run() throws IOException;
  }

  /**
   * Does work while holding the lock, which is released however the work ends. If the work fails
   * and the release, too, the work's failure is thrown.
   *
   * @throws IOException as {@link #take}, the work or {@link #close}
   */
  public static void holding(String path, Work work) throws IOException {
    holding(path, work, () -> {});
  }

  /**
   * Like {@link #holding(String, Work)}, but on Ctrl-C lets the work end in order.
   *
   * @param beforeRelease asks the work to end and waits for it, for seconds at most; runs at JVM
   *     shutdown, before the lock is released
   */
  public static void holding(String path, Work work, Runnable beforeRelease) throws IOException {
    RunLock lock = take(path);
    lock.beforeRelease = beforeRelease;
    try (lock) {
      work.run();
    }
  }

  /**
   * Releases the lock.
   *
   * @throws IOException if that fails; the message says how to break the lock
   */
  @Override
  public abstract void close() throws IOException;

  static IOException refused(String path, String holder, String remedy) {
    String name = holder.lines().findFirst().orElse("").strip();
    return new IOException(
        String.format(
            "another run writes here: %s is held by %s; %s",
            path, name.isEmpty() ? "one that just began" : name, remedy));
  }

  private static String holder() {
    return String.format(
        "process %d on %s since %s (%s)%n",
        ProcessHandle.current().pid(),
        host(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        UUID.randomUUID());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "a machine without a name";
    }
  }
}
