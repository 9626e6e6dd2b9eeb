package ghostbeam.transforms.storage;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * A file that one run holds, so that no second one writes into the same folder at the same time.
 *
 * <ul>
 *   <li>Local: the operating system's lock on the file. It ends with the process, however that
 *       ends, so there is no stale one. Two processes never both hold it, on one machine and on
 *       network file systems that carry locks. Ctrl-C takes the file away; after a crash it stays
 *       and holds nobody up.
 *   <li>{@code gs://}: the object is created only if no generation of it exists, which the store
 *       decides. Ctrl-C takes it away; after a crash it stays until somebody deletes it.
 *   <li>{@code s3://} and others: each run puts a claim of its own beside the others' and goes on
 *       only if it then lists no other. Never do two go on where a listing shows what was written
 *       before it, as S3 and its kin promise; two that start at one instant may both be refused.
 *       Ctrl-C takes the claim away; after a crash it stays until somebody deletes it.
 * </ul>
 */
public abstract class RunLock implements Closeable {

  /** What is done before Ctrl-C takes the lock away: the end of what it is held for. */
  private volatile Runnable ending = () -> {};

  private final Thread atShutdown = new Thread(this::end, "ghostbeam-lock");

  RunLock() {}

  /** From now on Ctrl-C ends the work and takes the lock away. */
  final void heedShutdown() {
    Runtime.getRuntime().addShutdownHook(atShutdown);
  }

  /** No longer; of no effect where the process is ending, and this with it. */
  final void ignoreShutdown() {
    try {
      Runtime.getRuntime().removeShutdownHook(atShutdown);
    } catch (IllegalStateException e) {
      // It is.
    }
  }

  private void end() {
    ending.run();
    try {
      releaseAtShutdown();
    } catch (IOException | RuntimeException | InterruptedException e) {
      // Nobody is left to tell; the next run is told how to break a lock that stays.
    }
  }

  abstract void releaseAtShutdown() throws IOException, InterruptedException;

  /**
   * Takes the lock.
   *
   * @param path of the lock's file; its folder need not exist
   * @throws IOException if another run has it; says which, and how to break a stale one
   */
  public static RunLock take(String path) throws IOException {
    String holder = holder();
    if (BeamStorage.isLocal(path)) {
      return LocalLock.take(BeamStorage.plain(path), holder);
    }
    return ObjectStores.of(path) instanceof ObjectStore.Conditional store
        ? StoreLock.create(store, path, holder)
        : StoreLock.claim(path, holder);
  }

  /** What only one run does at a time. */
  public interface Work {
    void run() throws IOException;
  }

  /**
   * Takes the lock, works and lets others have it, however that ends. Where the work fails, that is
   * what is told, not that its lock could not be released either.
   *
   * @throws IOException as {@link #take}, the work or {@link #close}
   */
  public static void holding(String path, Work work) throws IOException {
    holding(path, work, () -> {});
  }

  /**
   * As {@link #holding(String, Work)}, where Ctrl-C lets the work come to an end of its own.
   *
   * @param ending asks the work to end and waits for it, for seconds at most; runs where the
   *     process is told to end, before the lock goes
   */
  public static void holding(String path, Work work, Runnable ending) throws IOException {
    RunLock lock = take(path);
    lock.ending = ending;
    try (lock) {
      work.run();
    }
  }

  /**
   * Lets another run take it.
   *
   * @throws IOException if it stays; says how to break it
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
