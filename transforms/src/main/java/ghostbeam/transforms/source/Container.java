package ghostbeam.transforms.source;

import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A way to keep many files in one input, each of them a byte range of an object. To add one, write
 * a class and list it in {@code ingest.SourceListing}.
 */
public interface Container {
  /** Leading bytes of an object that suffice to recognise any container. */
  int START = 512;

  /** Its name in messages, such as {@code a .zip}. */
  String title();

  /**
   * Whether an input is such a container, judging by its name.
   *
   * @param object with exactly the input's path, if there is one
   */
  boolean matchesName(String input, Optional<Storage.Entry> object);

  /**
   * Whether an object is such a container, judging by its first bytes.
   *
   * @param start its first {@value #START} bytes; fewer if it is shorter
   */
  default boolean matchesStart(byte[] start) {
    return false;
  }

  /**
   * Lists every file without reading it; names are {@linkplain FileNames#requireSafe safe}.
   *
   * @param input as found; if there is no object with that path, its length is {@linkplain
   *     Storage.Entry#UNKNOWN unknown}
   * @throws IOException if it is damaged, cannot be read in place, or holds an unsafe name; the
   *     message says what to do
   */
  Contents list(Storage storage, Storage.Entry input) throws IOException;

  /** The ways in which its files may be stored in their extents. */
  List<Packing> packings();

  /**
   * The contents of a container.
   *
   * @param files in no order
   * @param others number of links and devices
   * @param danglingLinks paths or URIs of links whose target does not exist
   */
  record Contents(List<SourceFile> files, long others, List<String> danglingLinks) {
    /** The contents of a container whose links are not followed. */
    public Contents(List<SourceFile> files, long others) {
      this(files, others, List.of());
    }
  }
}
