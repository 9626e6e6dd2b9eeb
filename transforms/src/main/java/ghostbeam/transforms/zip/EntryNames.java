package ghostbeam.transforms.zip;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.transforms.source.FileNames;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The names in one zip. An entry says that its name is UTF-8 by a flag, or gives it once more in
 * Info-ZIP's Unicode path field; names of which nothing is said are of one charset in the whole
 * zip: UTF-8, which many packers write without the flag, or where one of them cannot be, code page
 * 437, as the format says. (Python takes them for code page 437 always, {@code unzip} keeps their
 * bytes if a Unix packed them.)
 */
final class EntryNames {
  private static final Charset CODE_PAGE_437 = Charset.forName("IBM437");
  private static final int IS_UTF8 = 1 << 11;
  private static final int UNICODE_PATH = 0x7075;

  /** Where its bytes begin: a version and a CRC-32 of the header's name come first. */
  private static final int UNICODE_PATH_AT = 5;

  /** MS-DOS, OS/2, NTFS by two numbers, VFAT: what packed on them may write backslashes. */
  private static final Set<Integer> BACKSLASHED = Set.of(0, 6, 10, 11, 14);

  private boolean isUtf8;
  private boolean metUtf8;

  private EntryNames(boolean isUtf8) {
    this.isUtf8 = isUtf8;
  }

  /** Of a zip of which no name is known yet. */
  static EntryNames guessed() {
    return new EntryNames(true);
  }

  /** Of a zip of which a name is not UTF-8. */
  static EntryNames inCodePage437() {
    return new EntryNames(false);
  }

  /** Whether the guess was wrong, and names were decoded by it before that was seen. */
  boolean areMixed() {
    return metUtf8 && !isUtf8;
  }

  /**
   * The name of an entry, its parts separated by {@code /}.
   *
   * @param host the system that packed it, as the format numbers them
   * @param extra all its extra fields, little-endian
   */
  String decode(int flags, int host, byte[] name, ByteBuffer extra) {
    String path = unicodePath(name, extra).orElseGet(() -> text((flags & IS_UTF8) != 0, name));
    boolean hasFolders = path.indexOf('/') >= 0 || path.matches("[A-Za-z]:.*");
    boolean backslashed = !hasFolders && BACKSLASHED.contains(host);
    return FileNames.plain(backslashed ? path.replace('\\', '/') : path);
  }

  private static Optional<String> unicodePath(byte[] name, ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      int bytes = Short.toUnsignedInt(extra.getShort());
      if (bytes > extra.remaining()) {
        return Optional.empty();
      }
      ByteBuffer field = extra.slice(extra.position(), bytes).order(extra.order());
      extra.position(extra.position() + bytes);
      if (id == UNICODE_PATH && bytes > UNICODE_PATH_AT && field.get(0) == 1) {
        CRC32 crc = new CRC32();
        crc.update(name);
        boolean isOfName = Integer.toUnsignedLong(field.getInt(1)) == crc.getValue();
        field.position(UNICODE_PATH_AT);
        return isOfName ? utf8(field) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private String text(boolean flagged, byte[] name) {
    Optional<String> utf8 = flagged || isUtf8 ? utf8(ByteBuffer.wrap(name)) : Optional.empty();
    if (!flagged) {
      isUtf8 &= utf8.isPresent();
      metUtf8 |= utf8.isPresent() && utf8.get().length() < name.length;
    }
    return utf8.orElseGet(() -> new String(name, CODE_PAGE_437));
  }

  private static Optional<String> utf8(ByteBuffer bytes) {
    try {
      return Optional.of(UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
