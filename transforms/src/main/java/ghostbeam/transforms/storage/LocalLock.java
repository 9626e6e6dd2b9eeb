package ghostbeam.transforms.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An operating system lock on a file, which ends with the process. The file is deleted when the run
 * ends or is stopped by Ctrl-C, and stays if the process dies.
 */
final class LocalLock extends RunLock {
  /** Locks held in this JVM: opening and closing such a file again would drop the system's lock. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private static final String REMEDY = "wait for it or end it; a dead run's lock ends with it";
  private static final int LONGEST_HOLDER = 4096;
  private static final int ATTEMPTS = 100;

  private final Path path;
  private final FileChannel channel;
  private final Path firstCreated;

  /** A held lock; {@code firstCreated} is the outermost folder created for it, or null. */
  private LocalLock(Path path, FileChannel channel, Path firstCreated) {
    this.path = path;
    this.channel = channel;
    this.firstCreated = firstCreated;
  }

  static LocalLock take(String name, String holder) throws IOException {
    Path path = Path.of(name).toAbsolutePath().normalize();
    Path firstCreated = firstMissing(path.getParent());
    Files.createDirectories(path.getParent());
    if (!HELD.add(path)) {
      throw refused(name, "this process", REMEDY);
    }
    boolean held = false;
    try {
      for (int i = 0; i < ATTEMPTS && !held; i++) {
        FileChannel channel = open(path);
        held = lock(path, channel, holder);
        if (held) {
          return new LocalLock(path, channel, firstCreated).withShutdownHook();
        }
      }
      throw refused(name, "", REMEDY);
    } finally {
      if (!held) {
        HELD.remove(path);
        removeEmpty(path.getParent(), firstCreated);
      }
    }
  }

  /** This lock, now released on Ctrl-C. */
  private LocalLock withShutdownHook() throws IOException {
    try {
      addShutdownHook();
      return this;
    } catch (IllegalStateException e) {
      close();
      throw new IOException(path + " was not locked: the process is ending", e);
    }
  }

  @Override
  void releaseAtShutdown() throws IOException {
    close();
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** False, with the channel closed, if the last holder deleted the file in the meantime. */
  private static boolean lock(Path path, FileChannel channel, String holder) throws IOException {
    boolean held = false;
    try {
      Object before = fileKey(path);
      if (channel.tryLock() == null) {
        ByteBuffer text = ByteBuffer.allocate(LONGEST_HOLDER);
        channel.read(text, 0);
        throw refused(path.toString(), UTF_8.decode(text.flip()).toString(), REMEDY);
      }
      // Only the lock's holder deletes the file, so if it still exists now it stays.
      if (before != null && Objects.equals(before, fileKey(path))) {
        sign(path, channel, holder);
        held = true;
      }
      return held;
    } finally {
      if (!held) {
        channel.close();
      }
    }
  }

  private static void sign(Path path, FileChannel channel, String holder) throws IOException {
    try {
      channel.truncate(0).write(UTF_8.encode(holder), 0);
    } catch (IOException e) {
      IOException failure = new IOException(path + ": " + e.getMessage(), e); // e.g. disk full
      try {
        Files.deleteIfExists(path);
      } catch (IOException left) {
        failure.addSuppressed(left);
      }
      throw failure;
    }
  }

  private static Object fileKey(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static Path firstMissing(Path folder) {
    Path missing = null;
    for (Path path = folder; path != null && !Files.exists(path); path = path.getParent()) {
      missing = path;
    }
    return missing;
  }

  /** Removes folders created for the lock that are still empty. */
  private static void removeEmpty(Path folder, Path firstCreated) {
    if (firstCreated == null) {
      return;
    }
    try {
      for (Path path = folder; path.startsWith(firstCreated); path = path.getParent()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Not empty, as expected; and a leftover empty folder is harmless.
    }
  }

  @Override
  public synchronized void close() throws IOException {
    removeShutdownHook();
    if (channel.isOpen()) {
      try {
        Files.deleteIfExists(path);
      } finally {
        channel.close();
        HELD.remove(path);
      }
      removeEmpty(path.getParent(), firstCreated);
    }
  }
}
