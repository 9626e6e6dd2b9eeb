package ghostbeam.transforms.zip;

import ghostbeam.transforms.source.Ranges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/**
 * Where the entries of a zip lie in its file. Where its directory lies elsewhere than the zip says,
 * so do they: either all of them are moved by bytes that were put before the zip, or the zip has
 * more than 4 GB and a packer that knows no zip64 wrote what is left of each offset in 32 bits.
 */
final class EntryOffsets {
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;

  /** What an entry may have beside its name and its bytes: extra fields and a trailer. */
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

  /** An entry with the offset that it has in the file; entries come in the directory's order. */
  ZipEntryHeader place(ZipEntryHeader entry) throws IOException {
    if (!wrapped) {
      ZipEntryHeader moved = end.moved() == 0 ? entry : entry.at(entry.offset() + end.moved());
      if (end.moved() != 0 && moved.leastEnd() > end.directoryOffset()) {
        throw elsewhere();
      }
      first = Math.min(first, moved.offset());
      return moved;
    }
    ZipEntryHeader placed = entry.at(after(entry.offset()));
    requireBehind(placed.offset());
    before = placed.leastEnd();
    return placed;
  }

  /** The first place behind the entry before that has such an offset in 32 bits. */
  private long after(long offset) {
    long wraps = Math.max(0, (before - offset + WRAP - 1) / WRAP);
    return offset + wraps * WRAP;
  }

  /**
   * An offset in 32 bits tells a place only as long as each entry begins where the one before ends.
   */
  private void requireBehind(long offset) throws IOException {
    if (offset - before > MOST_BETWEEN) {
      throw new IOException(
          uri
              + " has more than 4 GB and was packed without zip64, and where its entries lie cannot"
              + " be told; pack it again with zip");
    }
  }

  /** Looks whether entries lie where they must if something was put before the zip. */
  void require(SeekableByteChannel channel) throws IOException {
    if (wrapped) {
      requireBehind(end.directoryOffset());
    } else if (end.moved() != 0) {
      if (first != Long.MAX_VALUE && signature(channel, first) != LOCAL_SIGNATURE) {
        throw elsewhere();
      }
      boolean another =
          signature(channel, 0) == LOCAL_SIGNATURE
              || signature(channel, end.moved() - END_BYTES) == END_SIGNATURE;
      if (another) {
        throw ZipEnd.damaged(uri, "it begins as another zip: two were joined, or one was cut");
      }
    }
  }

  private IOException elsewhere() {
    return ZipEnd.damaged(uri, "its entries do not lie where it says");
  }

  private static int signature(SeekableByteChannel channel, long at) throws IOException {
    byte[] bytes = at < 0 ? new byte[0] : Ranges.read(channel, at, Integer.BYTES);
    return bytes.length < Integer.BYTES
        ? 0
        : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }
}
