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
 * The operating system's lock on a file, which ends with the process. The file goes when its run
 * ends, by itself or by Ctrl-C, and stays when its run dies.
 */
final class LocalLock extends RunLock {
  /** Held in this JVM: to open such a file again and close it would drop the system's lock. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private static final String REMEDY = "wait for it or end it; a dead run's lock ends with it";
  private static final int LONGEST_HOLDER = 4096;
  private static final int ATTEMPTS = 100;

  private final Path path;
  private final FileChannel channel;
  private final Path madeFrom;

  /** A held lock; {@code madeFrom} is the first folder made for it, or null. */
  private LocalLock(Path path, FileChannel channel, Path madeFrom) {
    this.path = path;
    this.channel = channel;
    this.madeFrom = madeFrom;
  }

  static LocalLock take(String name, String holder) throws IOException {
    Path path = Path.of(name).toAbsolutePath().normalize();
    Path madeFrom = firstMissing(path.getParent());
    Files.createDirectories(path.getParent());
    if (!HELD.add(path)) {
      throw refused(name, "this very process", REMEDY);
    }
    boolean held = false;
    try {
      for (int i = 0; i < ATTEMPTS && !held; i++) {
        FileChannel channel = open(path);
        held = lock(path, channel, holder);
        if (held) {
          return new LocalLock(path, channel, madeFrom).kept();
        }
      }
      throw refused(name, "", REMEDY);
    } finally {
      if (!held) {
        HELD.remove(path);
        removeEmpty(path.getParent(), madeFrom);
      }
    }
  }

  /** Itself, to be taken away by Ctrl-C from now on. */
  private LocalLock kept() throws IOException {
    try {
      heedShutdown();
      return this;
    } catch (IllegalStateException e) {
      close();
      throw new IOException(path + " is not taken: the process is ending", e);
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

  /** False, the channel closed, if the file was deleted by its last holder in the meantime. */
  private static boolean lock(Path path, FileChannel channel, String holder) throws IOException {
    boolean held = false;
    try {
      Object before = fileKey(path);
      if (channel.tryLock() == null) {
        ByteBuffer text = ByteBuffer.allocate(LONGEST_HOLDER);
        channel.read(text, 0);
        throw refused(path.toString(), UTF_8.decode(text.flip()).toString(), REMEDY);
      }
      // Whoever deletes the file holds its lock, so what is still there now stays there.
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
      IOException told = new IOException(path + ": " + e.getMessage(), e); // such as: no space left
      try {
        Files.deleteIfExists(path);
      } catch (IOException left) {
        told.addSuppressed(left);
      }
      throw told;
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

  /** Removes the folders made for the lock that nothing was written into. */
  private static void removeEmpty(Path folder, Path madeFrom) {
    if (madeFrom == null) {
      return;
    }
    try {
      for (Path path = folder; path.startsWith(madeFrom); path = path.getParent()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // In use, as it should be; and an empty folder that stays harms nobody.
    }
  }

  @Override
  public synchronized void close() throws IOException {
    ignoreShutdown();
    if (channel.isOpen()) {
      try {
        Files.deleteIfExists(path);
      } finally {
        channel.close();
        HELD.remove(path);
      }
      removeEmpty(path.getParent(), madeFrom);
    }
  }
}
