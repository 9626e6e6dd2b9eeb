package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A form in which many files make one input, each of them a byte range of an object. A new one is a
 * class and its line where {@code ingest} lists them.
 */
public interface Container {
  /** Bytes of an object's start that suffice to know any. */
  int START = 512;

  /** What to call one, such as {@code a .zip}. */
  String title();

  /**
   * Whether an input is one, as far as its name tells.
   *
   * @param object what lies under the input's own name
   */
  boolean holds(String input, Optional<Storage.Entry> object);

  /**
   * Whether an object begins as one does, whatever it is called.
   *
   * @param start its first {@value #START} bytes, fewer where it ends
   */
  default boolean begins(byte[] start) {
    return false;
  }

  /**
   * Every file, with names that lead nowhere else; none of them is read.
   *
   * @param input as it was found; where there is no object of that name, of {@linkplain
   *     Storage.Entry#UNKNOWN unknown} length
   * @throws IOException if it is damaged, of a kind that cannot be read in place, or holds a name
   *     that no honest source does; the message says what to do
   */
  Contents list(Storage storage, Storage.Entry input) throws IOException;

  /** How its files may lie in their extents. */
  List<Packing> packings();

  /**
   * What a container holds.
   *
   * @param files in no order
   * @param others links and devices
   * @param danglingLinks paths or URIs of links to what is not there
   */
  record Contents(List<SourceFile> files, long others, List<String> danglingLinks) {
    /** Of a container that has no links to follow. */
    public Contents(List<SourceFile> files, long others) {
      this(files, others, List.of());
    }
  }
}
