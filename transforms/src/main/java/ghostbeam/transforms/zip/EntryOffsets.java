package ghostbeam.transforms.zip;

import ghostbeam.transforms.source.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/**
 * The entries' offsets in a zip's file. If the directory is not where the zip says, neither are the
 * entries: either bytes put before the zip shift all of them, or the zip has more than 4 GB and a
 * packer without zip64 wrote only the low 32 bits of each offset.
 */
final class EntryOffsets {
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;

  /**
   * Limit for an entry's bytes besides its name and contents: extra fields and a data descriptor.
   */
  private static final int MOST_BETWEEN = 0xFFFF + 24;

  private static final long WRAP = 1L << 32;

  private final String uri;
  private final ZipEnd end;
  private final boolean wrapped;
  private long first = Long.MAX_VALUE;
  private long before;

  EntryOffsets(String uri, ZipEnd end) {
    this.uri = uri;
    this.end = end;
    this.wrapped = end.isWrapped();
  }

  /** The entry with its actual offset in the file; call in directory order. */
  ZipEntryHeader locate(ZipEntryHeader entry) throws IOException {
    if (!wrapped) {
      ZipEntryHeader moved = end.shift() == 0 ? entry : entry.at(entry.offset() + end.shift());
      if (end.shift() != 0 && moved.leastEnd() > end.directoryOffset()) {
        throw misplaced();
      }
      first = Math.min(first, moved.offset());
      return moved;
    }
    ZipEntryHeader placed = entry.at(after(entry.offset()));
    requireBehind(placed.offset());
    before = placed.leastEnd();
    return placed;
  }

  /** The first offset after the previous entry with these low 32 bits. */
  private long after(long offset) {
    long wraps = Math.max(0, (before - offset + WRAP - 1) / WRAP);
    return offset + wraps * WRAP;
  }

  /** Low 32 bits determine an offset only if each entry starts where the one before ends. */
  private void requireBehind(long offset) throws IOException {
    if (offset - before > MOST_BETWEEN) {
      throw new IOException(
          uri
              + " has more than 4 GB and was packed without zip64, and its entries cannot be found;"
              + " pack it again with zip");
    }
  }

  /** Verifies that entries are at the offsets computed. */
  void require(SeekableByteChannel channel) throws IOException {
    if (wrapped) {
      requireBehind(end.directoryOffset());
    } else if (end.shift() != 0) {
      if (first != Long.MAX_VALUE && signature(channel, first) != LOCAL_SIGNATURE) {
        throw misplaced();
      }
      boolean another =
          signature(channel, 0) == LOCAL_SIGNATURE
              || signature(channel, end.shift() - END_BYTES) == END_SIGNATURE;
      if (another) {
        throw ZipEnd.damaged(
            uri, "it begins with another zip: two were joined, or one was truncated");
      }
    }
  }

  private IOException misplaced() {
    return ZipEnd.damaged(uri, "its entries are not where it says");
  }

  private static int signature(SeekableByteChannel channel, long at) throws IOException {
    byte[] bytes = at < 0 ? new byte[0] : Ranges.read(channel, at, Integer.BYTES);
    return bytes.length < Integer.BYTES
        ? 0
        : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }
}
