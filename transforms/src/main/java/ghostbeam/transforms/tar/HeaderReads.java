package ghostbeam.transforms.tar;

import ghostbeam.transforms.source.Ranges;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;

/**
 * Reads of a tar's headers, as few as their bytes are worth, since in a bucket each is a request.
 *
 * <ul>
 *   <li>A member with a long name or pax attributes is one read, once one was seen.
 *   <li>Where bodies are small, a read goes on over them to the headers behind, as long as all that
 *       is read here stays below a twelfth of the tar: so with the bodies, which are read later, it
 *       is less than 1.10 times the bodies.
 *   <li>Where headers alone are more than a tenth of the tar, nothing keeps to that, and the tar is
 *       read through in large pieces.
 * </ul>
 */
final class HeaderReads {
  private static final int BLOCK = 512;
  private static final int MOST_AHEAD = 1 << 20;

  /** Small are members of at most this many bytes, header and all. */
  private static final int SMALL = 16 * BLOCK;

  /** Most that is taken for a member's headers before they are seen. */
  private static final int LONGEST_HEADERS = 8 * BLOCK;

  /** Members seen before any is guessed about. */
  private static final int SEEN = 8;

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

  /** Of the tar that fills a channel's bytes {@code from} to {@code end}. */
  HeaderReads(SeekableByteChannel channel, long from, long end) {
    this.channel = channel;
    this.from = from;
    this.end = end;
    this.member = from;
    this.headersEnd = from;
  }

  /** Tells that a member begins here, and the one before has ended. */
  void begin(long at) {
    if (at > member) {
      members++;
      headers = (int) Math.min(LONGEST_HEADERS, headersEnd - member);
      recent = members == 1 ? at - member : (3 * recent + at - member) / 4;
    }
    member = at;
  }

  /** Bytes of a header, or of what a header says of the next; fewer where the tar ends. */
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

  /** How much to take behind a member's headers. */
  private long ahead(long at) {
    if (members < SEEN || recent > SMALL) {
      return 0;
    }
    long each = (at - from) / members;
    if (each < (long) TAR_PER_HEADERS * headers) {
      return Math.min(MOST_AHEAD, at - from); // as much again as has been seen so far
    }
    long headersToCome = (end - at) / each * headers;
    long spare = (end - from) / TAR_PER_READ - fetched - headersToCome;
    return Math.max(0, Math.min(spare, MOST_AHEAD / 4));
  }
}
