package ghostbeam.transforms.tar;

import ghostbeam.transforms.source.Ranges;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;

/**
 * Reads a tar's headers in few reads, since in an object store each is a request.
 *
 * <ul>
 *   <li>After the first member with a long name or pax attributes, such a member takes one read.
 *   <li>If members are small, a read goes on over their contents to the next headers, as long as
 *       the bytes read here stay below a twelfth of the tar. With the contents, which are read
 *       later, the total is then less than 1.10 times the contents.
 *   <li>If headers alone exceed a tenth of the tar, that bound cannot hold, and the tar is read
 *       through in large blocks.
 * </ul>
 */
final class HeaderReads {
  private static final int BLOCK = 512;
  private static final int MOST_AHEAD = 1 << 20;

  /** Members of at most this many bytes, headers included, count as small. */
  private static final int SMALL = 16 * BLOCK;

  /** Limit for reading a member's headers speculatively. */
  private static final int LONGEST_HEADERS = 8 * BLOCK;

  /** Members to see before read-ahead starts. */
  private static final int MIN_MEMBERS = 8;

  private static final int TAR_PER_READ = 12;
  private static final int TAR_PER_HEADERS = 10;

  private final SeekableByteChannel channel;
  private final long from;
  private final long end;
  private byte[] held = new byte[0];
  private long heldAt;
  private long fetched;
  private long members;
  private long member;
  private long headersEnd;
  private int headers = BLOCK;
  private long recent;

  /** Reads the tar at a channel's bytes {@code from} to {@code end}. */
  HeaderReads(SeekableByteChannel channel, long from, long end) {
    this.channel = channel;
    this.from = from;
    this.end = end;
    this.member = from;
    this.headersEnd = from;
  }

  /** Marks the start of a member, and thus the end of the one before. */
  void begin(long at) {
    if (at > member) {
      members++;
      headers = (int) Math.min(LONGEST_HEADERS, headersEnd - member);
      recent = members == 1 ? at - member : (3 * recent + at - member) / 4;
    }
    member = at;
  }

  /** Bytes of a header, or of a long name or pax attributes; fewer at the end of the tar. */
  byte[] read(long at, int length) throws IOException {
    int wanted = (int) Math.max(0, Math.min(length, end - at));
    headersEnd = at + wanted;
    if (at < heldAt || at + wanted > heldAt + held.length) {
      long more = at == member ? Math.max(wanted, headers) + ahead(at) : padded(wanted) + BLOCK;
      held = Ranges.read(channel, at, (int) Math.min(more, end - at));
      heldAt = at;
      fetched += held.length;
    }
    int start = (int) (at - heldAt);
    return Arrays.copyOfRange(held, start, Math.min(held.length, start + wanted));
  }

  private static int padded(int bytes) {
    return (bytes + BLOCK - 1) / BLOCK * BLOCK;
  }

  /** Bytes to read ahead after a member's headers. */
  private long ahead(long at) {
    if (members < MIN_MEMBERS || recent > SMALL) {
      return 0;
    }
    long each = (at - from) / members;
    if (each < (long) TAR_PER_HEADERS * headers) {
      return Math.min(MOST_AHEAD, at - from); // at most doubles what was read so far
    }
    long headersToCome = (end - at) / each * headers;
    long spare = (end - from) / TAR_PER_READ - fetched - headersToCome;
    return Math.max(0, Math.min(spare, MOST_AHEAD / 4));
  }
}
