package ghostbeam.transforms.zip;

import ghostbeam.transforms.source.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/** The records at a zip's end that say where its central directory lies, zip64's included. */
record ZipEnd(long entries, long directoryOffset, long directoryBytes) {
  private static final int SIGNATURE = 0x06054b50;
  private static final int BYTES = 22;
  private static final int LONGEST_COMMENT = 0xFFFF;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int ZIP64_SIGNATURE = 0x06064b50;
  private static final int ZIP64_BYTES = 56;
  private static final int U16 = 0xFFFF;
  private static final long U32 = 0xFFFFFFFFL;

  /** A directory that fits the file exactly; anything else throws, so that a cut zip is told. */
  static ZipEnd read(String uri, SeekableByteChannel channel) throws IOException {
    long size = channel.size();
    // Most zips have no comment: then not a byte of an entry is read in search of the end.
    for (int comment : new int[] {0, LONGEST_COMMENT}) {
      int bytes = (int) Math.min(size, BYTES + LOCATOR_BYTES + comment);
      ByteBuffer tail = littleEndian(Ranges.read(channel, size - bytes, bytes));
      for (int at = bytes - BYTES; at >= 0; at--) {
        if (tail.getInt(at) == SIGNATURE && at + BYTES + u16(tail, at + 20) == bytes) {
          return read(uri, channel, tail, at, size - bytes + at);
        }
      }
    }
    throw damaged(uri, "it has no end record");
  }

  private static ZipEnd read(
      String uri, SeekableByteChannel channel, ByteBuffer tail, int at, long position)
      throws IOException {
    int locator = at - LOCATOR_BYTES;
    if (locator >= 0 && tail.getInt(locator) == LOCATOR_SIGNATURE) {
      return zip64(uri, channel, tail.getLong(locator + 8));
    }
    if (u16(tail, at + 4) != 0 || u16(tail, at + 8) != u16(tail, at + 10)) {
      throw damaged(uri, "it is one part of several; join them");
    }
    long entries = u16(tail, at + 10);
    long bytes = u32(tail, at + 12);
    long offset = u32(tail, at + 16);
    if (entries == U16 || bytes == U32 || offset == U32) {
      throw damaged(uri, "its zip64 end record is missing");
    }
    return checked(uri, entries, offset, bytes, position);
  }

  private static ZipEnd zip64(String uri, SeekableByteChannel channel, long position)
      throws IOException {
    byte[] bytes = position < 0 ? new byte[0] : Ranges.read(channel, position, ZIP64_BYTES);
    ByteBuffer record = littleEndian(bytes);
    if (bytes.length < ZIP64_BYTES || record.getInt(0) != ZIP64_SIGNATURE) {
      throw damaged(uri, "its zip64 end record is not where it should be");
    }
    if (record.getInt(16) != 0 || record.getLong(24) != record.getLong(32)) {
      throw damaged(uri, "it is one part of several; join them");
    }
    return checked(uri, record.getLong(32), record.getLong(48), record.getLong(40), position);
  }

  /**
   * Holds the numbers to each other and to the file, so that none of them costs memory unearned.
   */
  private static ZipEnd checked(
      String uri, long entries, long offset, long bytes, long directoryEnd) throws IOException {
    boolean possible =
        offset >= 0
            && bytes >= 0
            && bytes <= directoryEnd - offset
            && entries >= 0
            && entries <= bytes / ZipEntryHeader.FIXED_BYTES;
    if (!possible || offset + bytes != directoryEnd) {
      throw damaged(
          uri, String.format("%d entries in %d bytes at %d cannot be", entries, bytes, offset));
    }
    return new ZipEnd(entries, offset, bytes);
  }

  static IOException damaged(String uri, String what) {
    return new IOException(
        uri
            + " is not a whole zip: its central directory cannot be read ("
            + what
            + "); copy or download it again");
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int u16(ByteBuffer buffer, int at) {
    return Short.toUnsignedInt(buffer.getShort(at));
  }

  private static long u32(ByteBuffer buffer, int at) {
    return Integer.toUnsignedLong(buffer.getInt(at));
  }
}
