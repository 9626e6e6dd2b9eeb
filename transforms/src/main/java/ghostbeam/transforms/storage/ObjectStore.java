package ghostbeam.transforms.storage;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A client of one kind of object store. Paths are complete URIs of objects, taken literally: no
 * globs.
 *
 * <p>Transient failures (an overloaded store, a dropped connection) are retried here, for minutes
 * at most. Other failures are an {@link IOException} whose message gives reason and remedy in one
 * line, without the path; for a missing object, a {@link NoSuchFileException}. Thread-safe.
 */
public interface ObjectStore {

  /**
   * Opens an object. Each read is one request, for no more bytes than the caller asks for. If the
   * entry has no version, the current one is read from then on; a channel never mixes versions.
   */
  SeekableByteChannel open(Storage.Entry found) throws IOException;

  /** Starts writing an object, which appears, or replaces one, when the channel is closed. */
  WritableByteChannel create(String path) throws IOException;

  /** Renames an object, replacing any object at the target. */
  void move(String from, String to) throws IOException;

  /** Deletes an object; a missing one is not an error. */
  void delete(String path) throws IOException;

  /** The object with this path; empty if there is none. */
  Optional<Storage.Entry> find(String path) throws IOException;

  /**
   * Passes on the objects whose paths start with the prefix, in no order, until the consumer stops;
   * requests pages only as they are needed.
   *
   * @param more consumes an object and returns whether to go on
   */
  void walk(String prefix, Predicate<Storage.Entry> more) throws IOException;

  /** All objects whose paths start with the prefix, in no order. */
  default List<Storage.Entry> list(String prefix) throws IOException {
    List<Storage.Entry> found = new ArrayList<>();
    walk(prefix, found::add);
    return found;
  }

  /**
   * The entry itself if it has a version, otherwise the current version of the object.
   *
   * @throws NoSuchFileException if it does not exist
   */
  default Storage.Entry versioned(Storage.Entry found) throws IOException {
    return found.version().isEmpty()
        ? find(found.path()).orElseThrow(() -> new NoSuchFileException(found.path()))
        : found;
  }

  /** Whether there are objects below a path, so that it acts as a folder. */
  default boolean isFolder(String path) throws IOException {
    return !list(path + "/").isEmpty();
  }

  /** A store whose writes are atomic: no reader sees a partial object. */
  interface Atomic extends ObjectStore {
    /**
     * Writes an object, the concatenation of these parts, atomically, replacing any existing one.
     */
    void put(String path, ByteBuffer... parts) throws IOException;
  }

  /** A store with conditional writes, which decide between concurrent writers. */
  interface Conditional extends Atomic {

    /**
     * Writes an object if none exists.
     *
     * @return its version; empty if one exists, perhaps written by this call's own first attempt,
     *     of which the response was lost
     */
    Optional<String> putIfAbsent(String path, byte[] bytes) throws IOException;

    /** Deletes an object if it still has this version. */
    void deleteVersion(String path, String version) throws IOException;
  }
}
