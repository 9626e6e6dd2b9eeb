package ghostbeam.transforms.source;

import ghostbeam.model.codec.UndecodableImageException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** How a file is stored in its {@link Extent}, and how to unpack it. */
public interface Packing {

  /** Identifies the packing in encoded extents; unique, and must never change. */
  int code();

  /**
   * Bytes to fetch for a header before the file, whose length is unknown when listing; large enough
   * that one request serves most files.
   */
  default int header() {
    return 0;
  }

  /** Whether the extent is a whole object, so that nothing can be fetched with it. */
  default boolean isObject() {
    return false;
  }

  /**
   * Unpacks the file; by default its bytes are those of the range.
   *
   * @param range header and extent, {@link #header} and {@link Extent#length} bytes together; fewer
   *     at the end of the object
   * @param refetch for a header longer than {@link #header}
   * @throws UndecodableImageException if the container's data on this file is wrong
   * @throws IOException if the object has changed since it was listed, or cannot be read
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

  /** Fetches a longer range at the same offset. */
  interface Refetch {
    /** This many bytes from the extent's offset on; fewer at the end of the object. */
    byte[] fetch(int bytes) throws IOException;
  }

  /** The range is the file, byte for byte. */
  record Stored(int code, boolean isObject) implements Packing {}
}
