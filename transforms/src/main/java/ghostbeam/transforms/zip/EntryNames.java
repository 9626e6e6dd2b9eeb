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
 * Decodes the names in one zip. An entry marks its name as UTF-8 by a flag, or repeats it in
 * Info-ZIP's Unicode path field. Unmarked names share one charset in the whole zip: UTF-8, which
 * many packers write without the flag, or if one of them is not valid UTF-8, code page 437, as the
 * format specifies. (Python always takes unmarked names for code page 437; {@code unzip} keeps
 * their bytes if they were packed on Unix.)
 */
final class EntryNames {
  private static final Charset CODE_PAGE_437 = Charset.forName("IBM437");
  private static final int IS_UTF8 = 1 << 11;
  private static final int UNICODE_PATH = 0x7075;

  /** Offset of the name in the field, after a version and a CRC-32 of the header's name. */
  private static final int UNICODE_PATH_AT = 5;

  /** MS-DOS, OS/2, NTFS (two codes), VFAT: packers there may write backslashes. */
  private static final Set<Integer> BACKSLASH_HOSTS = Set.of(0, 6, 10, 11, 14);

  private boolean isUtf8;
  private boolean metUtf8;

  private EntryNames(boolean isUtf8) {
    this.isUtf8 = isUtf8;
  }

  /** Assumes UTF-8 for unmarked names until one is not. */
  static EntryNames guessed() {
    return new EntryNames(true);
  }

  /** For a zip with an unmarked name that is not UTF-8. */
  static EntryNames inCodePage437() {
    return new EntryNames(false);
  }

  /** Whether the guess was wrong, but only after some names had been decoded with it. */
  boolean areMixed() {
    return metUtf8 && !isUtf8;
  }

  /**
   * The name of an entry, with {@code /} as separator.
   *
   * @param host code of the system that packed it
   * @param extra all its extra fields, little-endian
   */
  String decode(int flags, int host, byte[] name, ByteBuffer extra) {
    String path = unicodePath(name, extra).orElseGet(() -> text((flags & IS_UTF8) != 0, name));
    boolean hasFolders = path.indexOf('/') >= 0 || path.matches("[A-Za-z]:.*");
    boolean backslashed = !hasFolders && BACKSLASH_HOSTS.contains(host);
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
