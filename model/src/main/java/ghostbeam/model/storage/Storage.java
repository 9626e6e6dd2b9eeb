package ghostbeam.model.storage;

import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Where files live: the local disk, an object store, or anything else Beam has a file system for.
 *
 * <p>Paths are strings: local paths or URIs such as {@code gs://bucket/folder/file}. Folders need
 * not exist before a file is created in them. Implementations are safe to use from many threads.
 */
public interface Storage extends Serializable {

  /**
   * One file as listed.
   *
   * @param bytes its length, or {@link #UNKNOWN}
   * @param version changes with the file's content as far as the storage can tell: an object's
   *     generation or ETag, a local file's size and modification time; empty where it cannot
   */
  record Entry(String path, long bytes, String version) {
    /** The {@link #bytes} of a file whose length was not asked for. */
    public static final long UNKNOWN = -1;
  }

  /** Bytes copied at a time. */
  int CHUNK = 1 << 20;

  /** Orders names by their UTF-8 bytes, without encoding them. */
  Comparator<String> BYTE_ORDER = Storage::compareBytes;

  /** Orders entries by the UTF-8 bytes of their paths. */
  Comparator<Entry> BY_PATH = Comparator.comparing(Entry::path, BYTE_ORDER);

  /** UTF-8 sorts by code point: a pair of surrogates comes after every single char. */
  private static int compareBytes(String a, String b) {
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean pair = Character.isSurrogate(x);
        return pair == Character.isSurrogate(y) ? Character.compare(x, y) : pair ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Opens a file for reading at any position; a missing one throws, naming its path. */
  SeekableByteChannel open(String path) throws IOException;

  /**
   * Opens a file as it was listed: an object store never returns other content and throws, on
   * opening or while reading, where the object has changed; a disk returns what is there now.
   */
  default SeekableByteChannel open(Entry found) throws IOException {
    return open(found.path());
  }

  /** Begins a new file, which replaces any of that name when the channel closes. */
  WritableByteChannel create(String path) throws IOException;

  /** Moves a file within its folder, replacing a file of the new name. */
  void rename(String from, String to) throws IOException;

  /** Deletes a file; does nothing where there is none. */
  void delete(String path) throws IOException;

  /** True where a file of this name can be opened. */
  boolean exists(String path) throws IOException;

  /** The file of this name; empty where there is none. */
  default Optional<Entry> find(String path) throws IOException {
    return list(path).stream().filter(entry -> entry.path().equals(path)).findFirst();
  }

  /**
   * All files at any depth below a folder, in byte order of their paths; a file's own path lists
   * itself; empty where nothing is there. Symbolic links are followed; dangling ones are left out.
   */
  List<Entry> list(String folder) throws IOException;

  /**
   * The same, reporting symbolic links whose target does not exist.
   *
   * @param danglingLinks takes the paths of such links
   */
  default List<Entry> list(String folder, Consumer<String> danglingLinks) throws IOException {
    return list(folder);
  }

  /**
   * Hands over the files at any depth below a folder in no particular order, until told to stop:
   * the rest, which a store would list in many requests, is not looked up.
   *
   * @param more takes a file; returns false to stop
   */
  default void walk(String folder, Predicate<Entry> more) throws IOException {
    for (Entry entry : list(folder)) {
      if (!more.test(entry)) {
        return;
      }
    }
  }

  /**
   * The files directly in a folder whose names start with a prefix, in byte order of their paths.
   *
   * @param prefix the folder's path and the start of the names
   */
  default List<Entry> listPrefix(String prefix) throws IOException {
    int name = prefix.lastIndexOf('/') + 1;
    return list(prefix.substring(0, name)).stream()
        .filter(file -> file.path().startsWith(prefix) && file.path().indexOf('/', name) < 0)
        .toList();
  }

  /** The local disk. */
  static Storage local() {
    return LocalStorage.INSTANCE;
  }

  /** The path of {@code name} inside {@code folder}. */
  static String resolve(String folder, String name) {
    return folder.isEmpty() || folder.endsWith("/") ? folder + name : folder + "/" + name;
  }

  /** Reads a whole file of at most {@code limitBytes}; a longer one throws, naming its path. */
  default byte[] readWhole(String path, int limitBytes) throws IOException {
    try (SeekableByteChannel channel = open(path)) {
      long size = channel.size();
      if (size > limitBytes) {
        throw new IOException(path + " has " + size + " bytes, more than the limit " + limitBytes);
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer) < 0) {
          throw new IOException(path + " ended after " + buffer.position() + " of " + size);
        }
      }
      return buffer.array();
    }
  }

  /** Reads a whole file, at most as long as an array can be. */
  default byte[] readWhole(String path) throws IOException {
    return readWhole(path, Integer.MAX_VALUE - 8);
  }

  /** Writes a file so that it appears whole or not at all: under a temporary name, then renamed. */
  default void writeWhole(String path, ByteBuffer... parts) throws IOException {
    String temporary = path + ".part";
    try {
      try (WritableByteChannel channel = create(temporary)) {
        for (ByteBuffer part : parts) {
          writeFully(channel, part);
        }
      }
      rename(temporary, path);
    } catch (IOException | RuntimeException e) {
      discard(temporary, e);
      throw e;
    }
  }

  /**
   * Extends a file that may be read at the same time: where it has {@code kept} bytes, the rest is
   * appended; otherwise, and in stores, which cannot append, it is written whole. After a failure
   * only its first bytes are certain to be sound.
   *
   * @param whole the whole content
   * @param kept how many of its bytes should already be there
   */
  default void extend(String path, ByteBuffer whole, int kept) throws IOException {
    writeWhole(path, whole);
  }

  /** Concatenates files into a new one, which appears whole or not at all. */
  default void concatenate(List<String> files, String path) throws IOException {
    String temporary = path + ".part";
    try {
      try (WritableByteChannel channel = create(temporary)) {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        for (String file : files) {
          try (SeekableByteChannel in = open(file)) {
            while (in.read(buffer.clear()) >= 0) {
              writeFully(channel, buffer.flip());
            }
          }
        }
      }
      rename(temporary, path);
    } catch (IOException | RuntimeException e) {
      discard(temporary, e);
      throw e;
    }
  }

  /** Writes a whole buffer. */
  static void writeFully(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Deletes what a failed write left; that failure is the one to report. */
  private void discard(String temporary, Exception failure) {
    try {
      delete(temporary);
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Writes a file that has only one writer, whole. One that already exists must hold exactly these
   * bytes, written by an earlier attempt.
   *
   * @throws IOException if a file of this name holds other bytes
   */
  default void writeNew(String path, byte[] bytes) throws IOException {
    if (exists(path)) {
      requireSame(path, bytes);
    } else {
      writeWhole(path, ByteBuffer.wrap(bytes));
    }
  }

  /** Throws unless a file holds these bytes. */
  default void requireSame(String path, byte[] bytes) throws IOException {
    if (!Arrays.equals(readWhole(path), bytes)) {
      throw new IOException(
          path + " was written by another run at the same time; end that run and run again");
    }
  }
}
