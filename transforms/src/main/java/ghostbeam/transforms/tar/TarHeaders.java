package ghostbeam.transforms.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import ghostbeam.transforms.source.FileNames;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.archivers.zip.ZipEncoding;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/** Iterates over a tar's headers, skipping contents; resolves long names and pax attributes. */
final class TarHeaders {
  private static final int BLOCK = 512;

  /** Limit for a long name or a pax header in bytes; real ones have a few hundred. */
  private static final int LONGEST_EXTENSION = 1 << 20;

  /** Limit for zeros after a tar; packers pad to 10,240 bytes, at most to a tape record. */
  private static final int MOST_PADDING = 1 << 20;

  /** Keeps each byte of a name as one character, for {@link MemberNames} to decode. */
  private static final ZipEncoding RAW = ZipEncodingHelper.getZipEncoding(ISO_8859_1);

  private final String tar;
  private final MemberNames names;
  private final HeaderReads reads;
  private final long end;
  private final Map<String, String> global = new HashMap<>();
  private long next;
  private TarArchiveEntry entry;
  private String path;
  private String target;
  private long offset;
  private long bytes;

  /** Reads the tar at a channel's bytes {@code from} to {@code end}. */
  TarHeaders(String tar, SeekableByteChannel channel, long from, long end) {
    this.tar = tar;
    this.names = new MemberNames(tar);
    this.reads = new HeaderReads(channel, from, end);
    this.next = from;
    this.end = end;
  }

  /** Moves to the next member; false after the last. */
  boolean next() throws IOException {
    Map<String, String> pax = new HashMap<>(global);
    String longName = null;
    String longTarget = null;
    reads.begin(next);
    while (true) {
      if (!readHeader()) {
        if (longName != null || longTarget != null) {
          throw damaged("ends after a long name");
        }
        requireEnd();
        return false;
      }
      if (entry.isGNULongNameEntry()) {
        longName = text(extension());
      } else if (entry.isGlobalPaxHeader()) {
        Map<String, String> records = paxRecords();
        global.putAll(records);
        pax.putAll(records);
      } else if (entry.isPaxHeader()) {
        pax.putAll(paxRecords());
      } else if (entry.isGNULongLinkEntry()) {
        longTarget = text(extension());
      } else {
        resolve(longName, longTarget, pax);
        return true;
      }
      skip(entry.getSize());
    }
  }

  private void resolve(String longName, String longTarget, Map<String, String> pax)
      throws IOException {
    if (entry.isGNUSparse() || pax.containsKey(PaxRecords.SPARSE)) {
      throw damaged("holds the sparse file " + entry.getName() + "; pack it again without -S");
    }
    String name = longName != null ? longName : entry.getName();
    path = decode(pax.getOrDefault(PaxRecords.PATH, name));
    String linked = longTarget != null ? longTarget : entry.getLinkName();
    target = decode(pax.getOrDefault(PaxRecords.LINK_PATH, linked));
    offset = next;
    bytes = isFile() ? size(pax) : 0; // links and devices have no bytes, whatever their size field
    skip(bytes);
  }

  private String decode(String raw) throws IOException {
    return names.decode(FileNames.plain(raw));
  }

  private long size(Map<String, String> pax) throws IOException {
    String size = pax.get(PaxRecords.SIZE);
    if (size == null) {
      return entry.getSize();
    }
    if (!size.matches("\\d{1,18}")) {
      throw damaged("has a member with the size '" + size + "'");
    }
    return Long.parseLong(size);
  }

  boolean isFile() {
    return switch (entry.getLinkFlag()) {
      case 0, '0', '7' -> !isFolder();
      default -> false;
    };
  }

  boolean isFolder() {
    return entry.isDirectory() || path.endsWith("/");
  }

  /** Whether the member is another name for a file in the tar. */
  boolean isHardLink() {
    return entry.isLink();
  }

  boolean isSymbolicLink() {
    return entry.isSymbolicLink();
  }

  /** Whether the member is unpacked to something, but has no bytes of its own. */
  boolean isLinkOrDevice() {
    return isHardLink()
        || isSymbolicLink()
        || entry.isCharacterDevice()
        || entry.isBlockDevice()
        || entry.isFIFO();
  }

  /** The member's name, which may be unsafe. */
  String path() {
    return path;
  }

  /** The target of a link. */
  String target() {
    return target;
  }

  /** The offset in the channel of the member's bytes. */
  long offset() {
    return offset;
  }

  long bytes() {
    return bytes;
  }

  /** Reads the next header; false at the end-of-archive marker, a block of zeros. */
  private boolean readHeader() throws IOException {
    byte[] header = end - next < BLOCK ? new byte[0] : reads.read(next, BLOCK);
    if (header.length < BLOCK) {
      throw damaged("is truncated: its end marker is missing; copy or download it again");
    }
    if (isZero(header)) {
      return false;
    }
    try {
      entry = TarUtils.verifyCheckSum(header) ? new TarArchiveEntry(header, RAW, false) : null;
    } catch (IOException | IllegalArgumentException e) { // malformed numbers
      entry = null;
    }
    if (entry == null) {
      throw damaged("has no valid header at byte " + next + "; copy or download it again");
    }
    path = entry.getName();
    next += BLOCK;
    return true;
  }

  /**
   * A block of zeros need not be the end: a download may have left a hole, or another tar may have
   * been appended.
   */
  private void requireEnd() throws IOException {
    long rest = end - next - BLOCK;
    boolean padded = rest <= MOST_PADDING;
    // A single further block cannot be a member.
    if (padded && rest > BLOCK) {
      padded = isZero(reads.read(next + BLOCK, (int) rest));
    }
    if (!padded) {
      throw damaged(
          ("goes on for %d bytes after its end marker at byte %d: a download left a hole, or tars"
                  + " were joined; download it again, or unpack it with tar --ignore-zeros, check that"
                  + " nothing is missing, and pack it again")
              .formatted(rest, next));
    }
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private byte[] extension() throws IOException {
    if (entry.getSize() < 0 || entry.getSize() > LONGEST_EXTENSION) {
      throw damaged("has a name or attributes of " + entry.getSize() + " bytes; refused");
    }
    byte[] extension = reads.read(next, (int) entry.getSize());
    if (extension.length < entry.getSize()) {
      throw damaged("is truncated; copy or download it again");
    }
    return extension;
  }

  private Map<String, String> paxRecords() throws IOException {
    try {
      return PaxRecords.parse(extension());
    } catch (IllegalArgumentException e) {
      throw damaged("has malformed pax attributes at byte " + next + "; copy or download it again");
    }
  }

  /** A GNU long name without its terminating zeros. */
  private static String text(byte[] name) {
    int length = name.length;
    while (length > 0 && name[length - 1] == 0) {
      length--;
    }
    return new String(name, 0, length, ISO_8859_1);
  }

  private void skip(long size) throws IOException {
    if (size < 0 || size > end - next) {
      throw damaged("is truncated: " + path + " runs past its end; copy or download it again");
    }
    next += (size + BLOCK - 1) / BLOCK * BLOCK;
  }

  private IOException damaged(String what) {
    return new IOException(tar + " " + FileNames.shown(what));
  }
}
