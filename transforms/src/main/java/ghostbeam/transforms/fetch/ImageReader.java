package ghostbeam.transforms.fetch;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.source.Extent;
import ghostbeam.transforms.source.Packing;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * Reads a list of images in order. Archives stay open until {@link #close}, and images close
 * together in an archive and in the list share a request. Holds {@link FetchPlan#WINDOW} bytes and
 * one image in memory. Not thread-safe.
 */
public final class ImageReader implements Closeable {
  /** Limit for one image in bytes; ImageNet's largest has 15 MB. */
  public static final int LONGEST_IMAGE = 64 << 20;

  private final Archives archives;
  private final List<ImageRef> images;
  private final FetchPlan plan;
  private int next;

  /** Reads these images, in this order. */
  public ImageReader(Storage storage, List<ImageRef> images) {
    this.archives = new Archives(storage);
    this.images = images;
    this.plan = new FetchPlan(images.stream().map(ImageRef::extent).toList());
  }

  /**
   * The next image's bytes, unpacked, with length and CRC-32 verified if the container records
   * them. A rejected image counts as read, so the next call reads the one after it.
   *
   * @throws UndecodableImageException if the container's data on it is wrong, or it is too long
   * @throws IOException if the source cannot be read or has changed since it was listed
   */
  public byte[] next() throws IOException, UndecodableImageException {
    int index = next++;
    Extent image = images.get(index).extent();
    if (isTooLong(image)) {
      throw new UndecodableImageException(
          "has "
              + Math.max(image.bytes(), image.length())
              + " bytes, more than the limit "
              + LONGEST_IMAGE);
    }
    Packing packing = image.packing();
    ByteBuffer range = packing.isObject() ? archives.readOnce(image) : plan.fetch(index, archives);
    byte[] bytes = packing.unpack(image, range, length -> archives.read(image, length));
    checkCrc(image, bytes);
    return bytes;
  }

  static boolean isTooLong(Extent image) {
    return image.bytes() > LONGEST_IMAGE || image.length() > LONGEST_IMAGE;
  }

  /** Bytes read from sources so far. */
  public long bytesRead() {
    return archives.bytesRead();
  }

  private static void checkCrc(Extent image, byte[] bytes) throws UndecodableImageException {
    if (image.crc32() != Extent.UNKNOWN_CRC) {
      CRC32 crc = new CRC32();
      crc.update(bytes);
      if (crc.getValue() != image.crc32()) {
        throw new UndecodableImageException(
            String.format(
                Locale.ROOT, "has CRC-32 %08x, expected %08x", crc.getValue(), image.crc32()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    archives.close();
  }
}
