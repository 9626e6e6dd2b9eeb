package ghostbeam.transforms.ingest;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.record.Storage;
import ghostbeam.transforms.ingest.ImageRef.Packing;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Reads images by reference. Archives stay open from their first image to {@link #close}, so one
 * reader a shard opens each once. Not thread-safe.
 */
public final class ImageReader implements Closeable {
  /** Longest image that is read, in bytes; ImageNet's longest has 15 MB. */
  public static final int LONGEST_IMAGE = 64 << 20;

  private final Storage storage;
  private final Map<String, SeekableByteChannel> archives = new HashMap<>();
  private long bytesRead;

  public ImageReader(Storage storage) {
    this.storage = storage;
  }

  /**
   * The image's own bytes, unpacked, its length and CRC-32 checked where its container tells them.
   *
   * @throws UndecodableImageException if the container lies about the image, or it is too long
   * @throws IOException if the source cannot be read, or changed since it was listed
   */
  public byte[] read(ImageRef image) throws IOException, UndecodableImageException {
    if (image.imageBytes() > LONGEST_IMAGE || image.length() > LONGEST_IMAGE) {
      throw new UndecodableImageException(
          "has " + image.imageBytes() + " bytes, more than the limit " + LONGEST_IMAGE);
    }
    byte[] bytes =
        image.packing() == Packing.PLAIN
            ? plain(image)
            : new ZipEntryRange(image).read(archive(image.uri()));
    bytesRead += image.length();
    if (image.crc32() != ImageRef.UNKNOWN_CRC) {
      CRC32 crc = new CRC32();
      crc.update(bytes);
      if (crc.getValue() != image.crc32()) {
        throw new UndecodableImageException(
            String.format("has CRC-32 %08x, expected %08x", crc.getValue(), image.crc32()));
      }
    }
    return bytes;
  }

  /** Bytes of images read so far, as stored. */
  public long bytesRead() {
    return bytesRead;
  }

  private byte[] plain(ImageRef image) throws IOException {
    try (SeekableByteChannel file = storage.open(image.uri())) {
      byte[] bytes = readFully(file, image.offset(), (int) image.length());
      if (bytes.length < image.length() || file.size() != image.imageBytes()) {
        throw new IOException(
            image.uri() + " changed while it was read; let nothing write to --input and run again");
      }
      return bytes;
    }
  }

  private SeekableByteChannel archive(String uri) throws IOException {
    SeekableByteChannel channel = archives.get(uri);
    if (channel == null) {
      channel = storage.open(uri);
      archives.put(uri, channel);
    }
    return channel;
  }

  /** The bytes from an offset on, at most {@code limit}; fewer where the object ends. */
  static byte[] readFully(SeekableByteChannel channel, long offset, int limit) throws IOException {
    int length = (int) Math.max(0, Math.min(limit, channel.size() - offset));
    if (length == 0) {
      return new byte[0];
    }
    byte[] bytes = new byte[length];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    channel.position(offset);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("source ended " + buffer.remaining() + " bytes early");
      }
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (SeekableByteChannel channel : archives.values()) {
      try {
        channel.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    archives.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
