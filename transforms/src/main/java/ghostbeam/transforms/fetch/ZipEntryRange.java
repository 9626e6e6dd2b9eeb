package ghostbeam.transforms.fetch;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.transforms.ingest.ImageRef;
import ghostbeam.transforms.source.Packing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * One zip entry, read with one request: the local header, whose length the central directory does
 * not tell, is fetched with the data behind it.
 */
record ZipEntryRange(ImageRef image) {
  private static final int SIGNATURE = 0x04034b50;
  private static final int HEADER = 30;

  /** No deflated byte stands for more; memory is taken for what can be there only. */
  private static final int MOST_INFLATION = 1032;

  private static final int NAME_LENGTH_AT = 26;
  private static final int EXTRA_LENGTH_AT = 28;

  /** Room for a long name and the extra fields of common packers; more costs a second request. */
  static final int USUAL_HEADER = HEADER + 320;

  /** The image, from a range that holds {@link #USUAL_HEADER} bytes more where the zip does. */
  byte[] unpack(ByteBuffer usual, Archives archives) throws IOException, UndecodableImageException {
    ByteBuffer range = usual;
    int start = headerLength(range);
    int end = start + (int) image.length();
    if (end > USUAL_HEADER + image.length()) {
      range = ByteBuffer.wrap(archives.read(image, image.offset(), end));
    }
    if (range.remaining() < end) {
      throw new UndecodableImageException("runs past the end of the zip");
    }
    ByteBuffer data = range.slice(start, end - start);
    return image.packing() == Packing.ZIP_STORED ? stored(data) : inflated(data);
  }

  private int headerLength(ByteBuffer range) throws UndecodableImageException {
    ByteBuffer header = range.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (range.remaining() < HEADER || header.getInt(0) != SIGNATURE) {
      throw new UndecodableImageException(
          "has no local header at " + image.offset() + " in the zip");
    }
    return HEADER
        + Short.toUnsignedInt(header.getShort(NAME_LENGTH_AT))
        + Short.toUnsignedInt(header.getShort(EXTRA_LENGTH_AT));
  }

  private byte[] stored(ByteBuffer data) throws UndecodableImageException {
    if (data.remaining() != image.imageBytes()) {
      throw new UndecodableImageException(
          "is stored in " + data.remaining() + " bytes, expected " + image.imageBytes());
    }
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return bytes;
  }

  private byte[] inflated(ByteBuffer data) throws UndecodableImageException {
    if (image.imageBytes() / MOST_INFLATION > data.remaining()) {
      throw new UndecodableImageException(
          "cannot inflate from " + data.remaining() + " to " + image.imageBytes() + " bytes");
    }
    byte[] bytes = new byte[(int) image.imageBytes()];
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(data);
      int length = 0;
      while (length < bytes.length && !inflater.needsInput() && !inflater.finished()) {
        length += inflater.inflate(bytes, length, bytes.length - length);
      }
      boolean more = inflater.inflate(new byte[1]) > 0;
      if (more || !inflater.finished() || length < bytes.length) {
        throw new UndecodableImageException(
            String.format(
                Locale.ROOT,
                "inflates to %s %d bytes, expected %d",
                more ? "more than" : "only",
                length,
                bytes.length));
      }
      return bytes;
    } catch (DataFormatException e) {
      throw new UndecodableImageException("cannot be inflated: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }
}
