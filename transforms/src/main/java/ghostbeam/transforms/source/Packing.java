package ghostbeam.transforms.source;

import ghostbeam.model.codec.UndecodableImageException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** How a file lies in its {@link Extent}, and how to get it out. */
public interface Packing {

  /** Stands for the packing where extents are coded: its alone, and the same forever. */
  int code();

  /**
   * Room for what lies before the file's own bytes, whose length no listing tells: fetched with
   * them, so that one request serves most files.
   */
  default int header() {
    return 0;
  }

  /** Whether the extent is an object of its own, which has no neighbours to be fetched with. */
  default boolean isObject() {
    return false;
  }

  /**
   * The file; as it lies there, if nothing else is said.
   *
   * @param range the extent's bytes and the header's room; fewer where the object ends
   * @param refetch for a header that needs more room
   * @throws UndecodableImageException if the container lies about this file
   * @throws IOException if the object changed since it was listed, or cannot be read
   */
  default byte[] unpack(Extent extent, ByteBuffer range, Refetch refetch)
      throws IOException, UndecodableImageException {
    if (range.remaining() < extent.length()) {
      throw extent.changed();
    }
    if (range.arrayOffset() == 0 && range.array().length == extent.length()) {
      return range.array();
    }
    byte[] bytes = new byte[(int) extent.length()];
    range.get(bytes);
    return bytes;
  }

  /** Fetches an extent again, longer. */
  interface Refetch {
    /** So many bytes from the extent's offset on; fewer where the object ends. */
    byte[] fetch(int bytes) throws IOException;
  }

  /** The range is the file. */
  record Stored(int code, boolean isObject) implements Packing {}
}
