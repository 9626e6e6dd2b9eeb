package ghostbeam.transforms.zip;

import ghostbeam.model.codec.UndecodableImageException;
import ghostbeam.transforms.source.Extent;
import ghostbeam.transforms.source.Packing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A zip entry, whose extent starts at the local header. The central directory does not give that
 * header's length, but one request usually fetches both.
 */
enum ZipEntryPacking implements Packing {
  /** The file, uncompressed. */
  STORED(1, 0) {
    @Override
    byte[] file(Extent entry, ByteBuffer data) throws UndecodableImageException {
      if (data.remaining() != entry.bytes()) {
        throw new UndecodableImageException(
            "is stored in " + data.remaining() + " bytes, expected " + entry.bytes());
      }
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      return bytes;
    }
  },
  /** The file, deflated. */
  DEFLATED(2, 8) {
    @Override
    byte[] file(Extent entry, ByteBuffer data) throws UndecodableImageException {
      if (entry.bytes() / MOST_INFLATION > data.remaining()) {
        throw new UndecodableImageException(
            "cannot inflate from " + data.remaining() + " to " + entry.bytes() + " bytes");
      }
      return inflated(data, (int) entry.bytes());
    }
  };

  /** Minimum bytes of a local header. */
  static final int HEADER = 30;

  /** Includes a long name and common packers' extra fields; longer headers cost another request. */
  private static final int USUAL_HEADER = HEADER + 320;

  private static final int SIGNATURE = 0x04034b50;
  private static final int NAME_LENGTH_AT = 26;
  private static final int EXTRA_LENGTH_AT = 28;

  /** Deflate's maximum ratio: no memory is allocated for sizes that cannot be. */
  private static final int MOST_INFLATION = 1032;

  private final int code;

  /** The compression method's number in the zip format. */
  final int method;

  ZipEntryPacking(int code, int method) {
    this.code = code;
    this.method = method;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public int header() {
    return USUAL_HEADER;
  }

  @Override
  public byte[] unpack(Extent entry, ByteBuffer usual, Refetch refetch)
      throws IOException, UndecodableImageException {
    ByteBuffer range = usual;
    int start = headerLength(entry, range);
    int end = start + (int) entry.length();
    if (end > USUAL_HEADER + entry.length()) {
      range = ByteBuffer.wrap(refetch.fetch(end));
    }
    if (range.remaining() < end) {
      throw new UndecodableImageException("runs past the end of the zip");
    }
    return file(entry, range.slice(start, end - start));
  }

  /** The file from the entry's stored bytes. */
  abstract byte[] file(Extent entry, ByteBuffer data) throws UndecodableImageException;

  private static int headerLength(Extent entry, ByteBuffer range) throws UndecodableImageException {
    ByteBuffer header = range.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (range.remaining() < HEADER || header.getInt(0) != SIGNATURE) {
      throw new UndecodableImageException(
          "has no local header at " + entry.offset() + " in the zip");
    }
    return HEADER
        + Short.toUnsignedInt(header.getShort(NAME_LENGTH_AT))
        + Short.toUnsignedInt(header.getShort(EXTRA_LENGTH_AT));
  }

  private static byte[] inflated(ByteBuffer data, int expected) throws UndecodableImageException {
    byte[] bytes = new byte[expected];
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
