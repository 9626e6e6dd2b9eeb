package ghostbeam.transforms.ingest;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.transforms.ingest.ImageRef.Packing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * One zip entry, read with one request: the local header, whose length the central directory does
 * not tell, is fetched with the data behind it.
 */
record ZipEntryRange(ImageRef image) {
  private static final int SIGNATURE = 0x04034b50;
  private static final int HEADER = 30;
  private static final int NAME_LENGTH_AT = 26;
  private static final int EXTRA_LENGTH_AT = 28;

  /** Room for a long name and the extra fields of common packers; more costs a second request. */
  private static final int USUAL_NAME_AND_EXTRA = 320;

  byte[] read(SeekableByteChannel archive) throws IOException, UndecodableImageException {
    byte[] range =
        ImageReader.readFully(
            archive, image.offset(), HEADER + USUAL_NAME_AND_EXTRA + (int) image.length());
    int start = headerLength(range);
    int end = start + (int) image.length();
    if (end > HEADER + USUAL_NAME_AND_EXTRA + image.length()) {
      range = ImageReader.readFully(archive, image.offset(), end);
    }
    if (range.length < end) {
      throw new UndecodableImageException("runs past the end of the zip");
    }
    return image.packing() == Packing.ZIP_STORED
        ? stored(Arrays.copyOfRange(range, start, end))
        : inflated(ByteBuffer.wrap(range, start, end - start));
  }

  private int headerLength(byte[] range) throws UndecodableImageException {
    ByteBuffer header = ByteBuffer.wrap(range).order(ByteOrder.LITTLE_ENDIAN);
    if (range.length < HEADER || header.getInt(0) != SIGNATURE) {
      throw new UndecodableImageException(
          "has no local header at " + image.offset() + " in the zip");
    }
    return HEADER
        + Short.toUnsignedInt(header.getShort(NAME_LENGTH_AT))
        + Short.toUnsignedInt(header.getShort(EXTRA_LENGTH_AT));
  }

  private byte[] stored(byte[] bytes) throws UndecodableImageException {
    if (bytes.length != image.imageBytes()) {
      throw new UndecodableImageException(
          "is stored in " + bytes.length + " bytes, expected " + image.imageBytes());
    }
    return bytes;
  }

  private byte[] inflated(ByteBuffer data) throws UndecodableImageException {
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
                "inflates to %s %d bytes, expected %d",
                more ? "more than" : "only", length, bytes.length));
      }
      return bytes;
    } catch (DataFormatException e) {
      throw new UndecodableImageException("cannot be inflated: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }
}
