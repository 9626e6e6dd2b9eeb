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
 * A client of one kind of object store. Paths are whole URIs of objects, taken as they are: no
 * character stands for others.
 *
 * <p>What passes by itself (an overloaded store, a connection cut) is tried again here, for minutes
 * at most. Other failures are an {@link IOException} whose message says reason and remedy in one
 * line, without the path; of an object that is not there, a {@link NoSuchFileException}. Safe to
 * use from many threads.
 */
public interface ObjectStore {

  /**
   * Opens an object, each of whose reads is a request for no more than it asks. Without a version
   * it is the present one that is read from then on; never does a channel mix two.
   */
  SeekableByteChannel open(Storage.Entry found) throws IOException;

  /** Starts an object, which appears, or replaces one, when the channel closes. */
  WritableByteChannel create(String path) throws IOException;

  /** Gives an object another name, replacing one of that name. */
  void move(String from, String to) throws IOException;

  /** Deletes an object; a missing one is no error. */
  void delete(String path) throws IOException;

  /** The object of a name; empty where there is none. */
  Optional<Storage.Entry> find(String path) throws IOException;

  /**
   * Hands over the objects whose paths begin so, in no order, for as long as more are wanted, and
   * asks the store for no more of them than that takes.
   *
   * @param more takes an object; false asks for no more
   */
  void walk(String prefix, Predicate<Storage.Entry> more) throws IOException;

  /** All objects whose paths begin so, in no order. */
  default List<Storage.Entry> list(String prefix) throws IOException {
    List<Storage.Entry> found = new ArrayList<>();
    walk(prefix, found::add);
    return found;
  }

  /**
   * An object with the version that is to be read: the one that was found, else the present one.
   *
   * @throws NoSuchFileException if there is none
   */
  default Storage.Entry versioned(Storage.Entry found) throws IOException {
    return found.version().isEmpty()
        ? find(found.path()).orElseThrow(() -> new NoSuchFileException(found.path()))
        : found;
  }

  /** Whether there are objects below a path, as in a folder of that name. */
  default boolean isFolder(String path) throws IOException {
    return !list(path + "/").isEmpty();
  }

  /** A store in which nobody sees an object before it is whole. */
  interface Atomic extends ObjectStore {
    /** Writes an object of these parts, whole or not at all, replacing one of that name. */
    void put(String path, ByteBuffer... parts) throws IOException;
  }

  /** A store that itself decides which of two writers came first. */
  interface Conditional extends Atomic {

    /**
     * Writes an object if there is none of its name.
     *
     * @return its version; empty where there is one, which may be this very call's, whose first
     *     attempt got through without an answer
     */
    Optional<String> putIfAbsent(String path, byte[] bytes) throws IOException;

    /** Deletes an object if it still is of that version. */
    void deleteVersion(String path, String version) throws IOException;
  }
}
