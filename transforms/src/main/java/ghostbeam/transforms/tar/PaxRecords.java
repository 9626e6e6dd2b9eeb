package ghostbeam.transforms.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HashMap;
import java.util.Map;

/** Parses a pax header's records, each {@code "<length of this record> <key>=<value>\n"}. */
final class PaxRecords {
  static final String PATH = "path";
  static final String LINK_PATH = "linkpath";
  static final String SIZE = "size";

  /** Present if the header has any GNU sparse file attribute. */
  static final String SPARSE = "GNU.sparse";

  private static final int MOST_DIGITS = 7;

  private PaxRecords() {}

  /**
   * The attributes used here, by key, each byte as one character. Others are dropped, since a
   * malicious tar may have a million per member. Throws {@link IllegalArgumentException} for
   * malformed records.
   */
  static Map<String, String> parse(byte[] bytes) {
    Map<String, String> records = new HashMap<>();
    int at = 0;
    while (at < bytes.length && bytes[at] != 0) {
      int space = find(bytes, ' ', at, Math.min(bytes.length, at + MOST_DIGITS + 1));
      int end = at + Integer.parseInt(new String(bytes, at, space - at, ISO_8859_1));
      if (end <= space || end > bytes.length || bytes[end - 1] != '\n') {
        throw new IllegalArgumentException("a record has a wrong length");
      }
      int equals = find(bytes, '=', space, end);
      String key = new String(bytes, space + 1, equals - space - 1, ISO_8859_1);
      if (key.equals(PATH) || key.equals(LINK_PATH) || key.equals(SIZE)) {
        records.put(key, new String(bytes, equals + 1, end - equals - 2, ISO_8859_1));
      } else if (key.startsWith(SPARSE)) {
        records.put(SPARSE, "");
      }
      at = end;
    }
    return records;
  }

  private static int find(byte[] bytes, char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    throw new IllegalArgumentException("a record without '" + wanted + "'");
  }
}
