package ghostbeam.transforms.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.transforms.source.FileNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HashSet;
import java.util.Set;

/**
 * Decodes the names in one tar, which does not record their charset.
 *
 * <p>Each path segment is decoded by its own bytes alone, so that files of one folder stay
 * together: as UTF-8 if valid, otherwise as Latin-1 with Windows-1252 letters for C1 control
 * characters.
 */
final class MemberNames {
  /** Windows-1252 from 0x80 to 0x9F, with control pictures for unassigned bytes. */
  private static final String WINDOWS = "€\u2401‚ƒ„…†‡ˆ‰Š‹Œ\u240DŽ\u240F\u2410‘’“”•–—˜™š›œ\u241DžŸ";

  private final String tar;

  /** Non-ASCII folder names seen, by charset. */
  private final Set<String> utf8 = new HashSet<>();

  private final Set<String> latin1 = new HashSet<>();

  MemberNames(String tar) {
    this.tar = tar;
  }

  /**
   * Decodes a path.
   *
   * @param raw its bytes, each as one character
   * @throws IOException if folders with different bytes would get the same name
   */
  String decode(String raw) throws IOException {
    if (isAscii(raw)) {
      return raw;
    }
    StringBuilder path = new StringBuilder(raw.length());
    int from = 0;
    for (int slash = raw.indexOf('/'); slash >= 0; slash = raw.indexOf('/', from)) {
      String part = raw.substring(from, slash);
      String folder = part(part);
      requireOneCharset(part, folder);
      path.append(folder).append('/');
      from = slash + 1;
    }
    return path.append(part(raw.substring(from))).toString();
  }

  private void requireOneCharset(String raw, String folder) throws IOException {
    if (isAscii(raw)) {
      return;
    }
    boolean isUtf8 = folder.getBytes(UTF_8).length == raw.length();
    (isUtf8 ? utf8 : latin1).add(folder);
    if ((isUtf8 ? latin1 : utf8).contains(folder)) {
      throw new IOException(
          "%s writes the name %s in UTF-8 and in Latin-1; pack it again with names of one encoding"
              .formatted(tar, FileNames.shown(folder)));
    }
  }

  private static String part(String raw) {
    byte[] bytes = raw.getBytes(ISO_8859_1);
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      StringBuilder letters = new StringBuilder(raw);
      for (int i = 0; i < raw.length(); i++) {
        int control = raw.charAt(i) - 0x80;
        if (control >= 0 && control < WINDOWS.length()) {
          letters.setCharAt(i, WINDOWS.charAt(control));
        }
      }
      return letters.toString();
    }
  }

  private static boolean isAscii(String raw) {
    return raw.chars().allMatch(c -> c < 0x80);
  }
}
