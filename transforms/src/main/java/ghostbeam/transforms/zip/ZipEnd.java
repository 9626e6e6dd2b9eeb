package ghostbeam.transforms.zip;

import ghostbeam.transforms.source.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/**
 * The records at a zip's end that say where its central directory lies, zip64's included.
 *
 * @param entries how many the directory has; without zip64 their number modulo 65,536, since some
 *     packers, macOS's among them, write more than the field can hold
 * @param directoryOffset where it begins in the file
 * @param moved how much further that is than the records say: bytes that somebody put before the
 *     zip, such as a program that unpacks it, or what 32 bits cannot hold
 */
record ZipEnd(long entries, boolean zip64, long directoryOffset, long directoryBytes, long moved) {
  private static final int SIGNATURE = 0x06054b50;
  private static final int BYTES = 22;

  /** As far as an end is looked for: over its comment, of at most 64 KB, and what follows it. */
  private static final int LONGEST_TAIL = 1 << 17;

  /** Places that look like an end which are tried. */
  private static final int MOST_TRIES = 16;

  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int ZIP64_SIGNATURE = 0x06064b50;
  private static final int ZIP64_BYTES = 56;
  private static final int U16 = 0xFFFF;
  private static final int LOCAL_SIGNATURE = 0x04034b50;

  /**
   * A directory that ends where the records begin; anything else throws, so that a cut zip is told.
   */
  static ZipEnd read(String uri, SeekableByteChannel channel) throws IOException {
    long size = channel.size();
    // Most zips have no comment: then not a byte of an entry is read in search of the end.
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

  /** A zip that something follows, such as the line end that a mail adds. */
  private static ZipEnd beforeOtherBytes(
      String uri, SeekableByteChannel channel, ByteBuffer tail, long position) throws IOException {
    IOException failure = damaged(uri, "it has no end record");
    int tries = 0;
    for (int at = tail.capacity() - BYTES; at >= 0 && tries < MOST_TRIES; at--) {
      int end = tail.getInt(at) == SIGNATURE ? commentEnd(tail, at) : Integer.MAX_VALUE;
      if (end < tail.capacity()) {
        if (end + 4 <= tail.capacity() && tail.getInt(end) == LOCAL_SIGNATURE) {
          throw damaged(uri, "it goes on as another zip");
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

  private static ZipEnd zip64(String uri, SeekableByteChannel channel, long told, long locator)
      throws IOException {
    // Where bytes were put before the zip, the record still lies right before its locator.
    for (long position : new long[] {told, locator - ZIP64_BYTES}) {
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

  /**
   * Holds the numbers to each other and to the file, so that none of them costs memory unearned.
   */
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
          uri, String.format("%d entries in %d bytes at %d cannot be", entries, bytes, offset));
    }
    long directory = directoryEnd - bytes;
    return new ZipEnd(entries, zip64, directory, bytes, directory - offset);
  }

  /** Whether a directory of so many entries is what the records say. */
  boolean counts(long found) {
    return entries == (zip64 ? found : found % (U16 + 1));
  }

  /** Whether the directory's offset, and so those of entries, may have lost what 32 bits lack. */
  boolean isWrapped() {
    return !zip64 && moved > 0 && moved % (1L << 32) == 0;
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

  static int u16(ByteBuffer buffer, int at) {
    return Short.toUnsignedInt(buffer.getShort(at));
  }

  static long u32(ByteBuffer buffer, int at) {
    return Integer.toUnsignedLong(buffer.getInt(at));
  }
}
