package ghostbeam.transforms.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** File names from folders and archives, which may be malicious. */
public final class FileNames {
  private static final int LONGEST_NAME = 4096;
  private static final int LONGEST_PART = 255;

  /** Folder trees are walked recursively, so deeper ones could overflow the stack. */
  private static final int MOST_FOLDERS = 128;

  private FileNames() {}

  /**
   * True for files that no user means as input: {@code .DS_Store}, {@code __MACOSX/…}, {@code
   * Thumbs.db}, {@code @eaDir/…}, and names with control characters, such as macOS's {@code Icon\r}
   * or attempts to forge log lines.
   */
  public static boolean isHidden(String path) {
    return Clutter.of(path).filter(Clutter::hidden).isPresent();
  }

  /** The name after the last {@code /}. */
  public static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The name after the last {@code /}, without its extension. */
  public static String stem(String path) {
    String name = last(path);
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /**
   * Normalises a name from an archive: drops tar's leading {@code ./} and replaces {@code //} and
   * {@code /./} by a slash. A leading slash stays.
   */
  public static String plain(String name) {
    if (!name.startsWith("./") && !name.contains("//") && !name.contains("/./")) {
      return name;
    }
    StringBuilder plain = new StringBuilder(name.length());
    int at = 0;
    while (at < name.length()) {
      boolean starts = at == 0 || name.charAt(at - 1) == '/';
      if (starts && name.startsWith("./", at)) {
        at += 2;
      } else if (at > 0 && starts && name.charAt(at) == '/') {
        at++;
      } else {
        plain.append(name.charAt(at++));
      }
    }
    return plain.toString();
  }

  /** Refuses names that escape from the source or that no file system can hold. */
  public static void requireSafe(String source, String path) throws IOException {
    if (path.length() > LONGEST_NAME
        || path.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      throw refused(source, "whose name has more than " + LONGEST_NAME + " bytes " + start(path));
    }
    if (path.length() > MOST_FOLDERS && path.chars().filter(c -> c == '/').count() > MOST_FOLDERS) {
      throw refused(source, "nested in more than " + MOST_FOLDERS + " folders " + start(path));
    }
    boolean unsafe =
        path.isEmpty()
            || path.startsWith("/")
            || path.indexOf('\0') >= 0
            || path.indexOf('\\') >= 0
            || (path.contains("..") && Arrays.asList(path.split("/", -1)).contains(".."));
    if (unsafe) {
      throw refused(source, "named '" + shown(path) + "', which leads out of it");
    }
    if (path.length() > LONGEST_PART && longestPart(path) > LONGEST_PART) {
      throw refused(
          source, "whose name has a part of more than " + LONGEST_PART + " bytes " + start(path));
    }
  }

  private static IOException refused(String source, String file) {
    return new IOException(source + " holds a file " + file + "; refused, as it may be malicious");
  }

  private static String start(String path) {
    return "('" + shown(path.substring(0, 40)) + "…')";
  }

  private static int longestPart(String path) {
    return Arrays.stream(path.split("/", -1))
        .mapToInt(part -> part.getBytes(StandardCharsets.UTF_8).length)
        .max()
        .orElse(0);
  }

  /** A name that is safe to print, even on a terminal: control characters are replaced. */
  public static String shown(String name) {
    return name.replace("\0", "\\0").replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
  }
}
