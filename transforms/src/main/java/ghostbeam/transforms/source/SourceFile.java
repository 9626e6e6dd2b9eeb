package ghostbeam.transforms.source;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.zip.CRC32;

/**
 * One file of a source.
 *
 * @param path relative to the source's root, with {@code /} as separator
 */
public record SourceFile(String path, Extent extent) {

  /** The same file with another path. */
  public SourceFile at(String newPath) {
    return new SourceFile(newPath, extent);
  }

  /**
   * Reads a small file, such as a list beside the images.
   *
   * @throws IOException if it has more than {@code limit} bytes, cannot be read, or is damaged
   */
  public byte[] read(Storage storage, int limit) throws IOException {
    if (Math.max(extent.bytes(), extent.length()) > limit) {
      throw new IOException(
          "%s has %d bytes, more than the limit %d".formatted(name(), extent.bytes(), limit));
    }
    Storage.Entry object = new Storage.Entry(extent.uri(), Storage.Entry.UNKNOWN, extent.version());
    try (SeekableByteChannel channel = storage.open(object)) {
      int room = (int) extent.length() + extent.packing().header();
      byte[] range = Ranges.read(channel, extent.offset(), room);
      byte[] bytes =
          extent
              .packing()
              .unpack(
                  extent,
                  ByteBuffer.wrap(range),
                  longer -> Ranges.read(channel, extent.offset(), longer));
      requireWhole(bytes);
      return bytes;
    } catch (UndecodableImageException e) {
      throw new IOException(name() + " " + e.getMessage() + "; copy or download it again", e);
    }
  }

  private void requireWhole(byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    if (extent.crc32() != Extent.UNKNOWN_CRC && extent.crc32() != crc.getValue()) {
      throw new IOException(name() + " has a wrong CRC-32; copy or download it again");
    }
  }

  /** For messages: the object's URI, and for an archive the path inside it. */
  private String name() {
    return extent.uri().endsWith("/" + path) ? extent.uri() : extent.uri() + "!/" + path;
  }
}
