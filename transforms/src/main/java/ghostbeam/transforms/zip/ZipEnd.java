package ghostbeam.transforms.zip;

import ghostbeam.transforms.source.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/**
 * A zip's end records, including zip64's, which locate its central directory.
 *
 * @param entries number of entries in the directory; without zip64 modulo 65,536, since some
 *     packers, macOS's among them, write more than the field can hold
 * @param directoryOffset actual offset of the directory in the file
 * @param directoryBytes length of the directory
 * @param shift the actual offset minus the recorded one: bytes put before the zip, such as a
 *     self-extractor, or a multiple of 2^32 if the field has overflowed
 */
record ZipEnd(long entries, boolean zip64, long directoryOffset, long directoryBytes, long shift) {
  private static final int SIGNATURE = 0x06054b50;
  private static final int BYTES = 22;

  /** How far back to search for the end record: a comment of at most 64 KB, and bytes after it. */
  private static final int LONGEST_TAIL = 1 << 17;

  /** Limit for candidates of the end record that are tried. */
  private static final int MOST_TRIES = 16;

  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int ZIP64_SIGNATURE = 0x06064b50;
  private static final int ZIP64_BYTES = 56;
  private static final int U16 = 0xFFFF;
  private static final int LOCAL_SIGNATURE = 0x04034b50;

  /**
   * Reads the end records. Throws unless the directory ends where they begin, so that a truncated
   * zip is detected.
   */
  static ZipEnd read(String uri, SeekableByteChannel channel) throws IOException {
    long size = channel.size();
    // Most zips have no comment, so try first without reading any bytes of entries.
    for (int comment : new int[] {0, LONGEST_TAIL}) {
      int bytes = (int) Math.min(size, BYTES + LOCATOR_BYTES + comment);
      ByteBuffer tail = littleEndian(Ranges.read(channel, size - bytes, bytes));
      for (int at = bytes - BYTES; at >= 0; at--) {
        if (tail.getInt(at) == SIGNATURE && commentEnd(tail, at) == bytes) {
          return read(uri, channel, tail, at, size - bytes + at);
        }
      }
      if (comment > 0) {
        return beforeOtherBytes(uri, channel, tail, size - bytes);
      }
    }
    throw new IllegalStateException("not reached");
  }

  /** Handles a zip with bytes after it, such as a line end added by mail. */
  private static ZipEnd beforeOtherBytes(
      String uri, SeekableByteChannel channel, ByteBuffer tail, long position) throws IOException {
    IOException failure = damaged(uri, "it has no end record");
    int tries = 0;
    for (int at = tail.capacity() - BYTES; at >= 0 && tries < MOST_TRIES; at--) {
      int end = tail.getInt(at) == SIGNATURE ? commentEnd(tail, at) : Integer.MAX_VALUE;
      if (end < tail.capacity()) {
        if (end + 4 <= tail.capacity() && tail.getInt(end) == LOCAL_SIGNATURE) {
          throw damaged(uri, "another zip follows it");
        }
        try {
          return read(uri, channel, tail, at, position + at);
        } catch (IOException e) {
          failure = tries++ == 0 ? e : failure;
        }
      }
    }
    throw failure;
  }

  private static int commentEnd(ByteBuffer tail, int at) {
    return at + BYTES + u16(tail, at + 20);
  }

  private static ZipEnd read(
      String uri, SeekableByteChannel channel, ByteBuffer tail, int at, long position)
      throws IOException {
    int locator = at - LOCATOR_BYTES;
    if (locator >= 0 && tail.getInt(locator) == LOCATOR_SIGNATURE) {
      return zip64(uri, channel, tail.getLong(locator + 8), position - LOCATOR_BYTES);
    }
    if (u16(tail, at + 4) != 0 || u16(tail, at + 8) != u16(tail, at + 10)) {
      throw damaged(uri, "it is one part of several; join them");
    }
    long offset = u32(tail, at + 16);
    long bytes = u32(tail, at + 12);
    return checked(uri, u16(tail, at + 10), false, offset, bytes, position);
  }

  private static ZipEnd zip64(String uri, SeekableByteChannel channel, long declared, long locator)
      throws IOException {
    // If bytes were put before the zip, the record is still right before its locator.
    for (long position : new long[] {declared, locator - ZIP64_BYTES}) {
      byte[] bytes = position < 0 ? new byte[0] : Ranges.read(channel, position, ZIP64_BYTES);
      ByteBuffer record = littleEndian(bytes);
      if (bytes.length == ZIP64_BYTES && record.getInt(0) == ZIP64_SIGNATURE) {
        if (record.getInt(16) != 0 || record.getLong(24) != record.getLong(32)) {
          throw damaged(uri, "it is one part of several; join them");
        }
        return checked(
            uri, record.getLong(32), true, record.getLong(48), record.getLong(40), position);
      }
    }
    throw damaged(uri, "its zip64 end record is not where it should be");
  }

  /** Checks the numbers against each other and the file, before memory is allocated for them. */
  private static ZipEnd checked(
      String uri, long entries, boolean zip64, long offset, long bytes, long directoryEnd)
      throws IOException {
    boolean possible =
        offset >= 0
            && bytes >= 0
            && bytes <= directoryEnd - offset
            && entries >= 0
            && entries <= bytes / ZipEntryHeader.FIXED_BYTES;
    if (!possible) {
      throw damaged(
          uri,
          String.format("%d entries in %d bytes at %d are impossible", entries, bytes, offset));
    }
    long directory = directoryEnd - bytes;
    return new ZipEnd(entries, zip64, directory, bytes, directory - offset);
  }

  /** Whether this many entries match the recorded number. */
  boolean counts(long found) {
    return entries == (zip64 ? found : found % (U16 + 1));
  }

  /** Whether the offsets of directory and entries may have overflowed 32 bits. */
  boolean isWrapped() {
    return !zip64 && shift > 0 && shift % (1L << 32) == 0;
  }

  static IOException damaged(String uri, String what) {
    return new IOException(
        uri
            + " is not an intact zip: its central directory cannot be read ("
            + what
            + "); copy or download it again");
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static int u16(ByteBuffer buffer, int at) {
    return Short.toUnsignedInt(buffer.getShort(at));
  }

  static long u32(ByteBuffer buffer, int at) {
    return Integer.toUnsignedLong(buffer.getInt(at));
  }
}
