package ghostbeam.transforms.text;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.transforms.source.UnfitSourceException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.stream.Collectors;

/** Decodes texts: UTF-8, with a byte order mark or without, and UTF-16 with one. */
public final class PlainText {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private PlainText() {}

  /**
   * The text, without marks of byte order, its lines ended by {@code \n}.
   *
   * @param path what to call the file
   * @throws UnfitSourceException if it is no such text; the message says in which line
   */
  public static String decode(String path, byte[] bytes) throws UnfitSourceException {
    Charset charset = charset(bytes);
    CharBuffer text = CharBuffer.allocate(bytes.length + 1);
    CharsetDecoder decoder = charset.newDecoder();
    CoderResult end = decoder.decode(ByteBuffer.wrap(bytes), text, true);
    String decoded = text.flip().toString();
    if (end.isError() || decoded.indexOf('\0') >= 0) {
      int whole = decoded.indexOf('\0') >= 0 ? decoded.indexOf('\0') : decoded.length();
      throw new UnfitSourceException(
          "%s is not in %s from line %d on; save it as UTF-8"
              .formatted(path, charset, (decoded.substring(0, whole) + "x").lines().count()));
    }
    // Joined files have marks inside.
    return decoded.lines().map(PlainText::withoutMarks).collect(Collectors.joining("\n"));
  }

  private static Charset charset(byte[] bytes) {
    int first = bytes.length < 2 ? 0 : ((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF);
    return switch (first) {
      case 0xFFFE -> UTF_16LE;
      case 0xFEFF -> UTF_16BE;
      default -> UTF_8;
    };
  }

  private static String withoutMarks(String line) {
    int from = 0;
    while (from < line.length() && line.charAt(from) == BYTE_ORDER_MARK) {
      from++;
    }
    return line.substring(from);
  }
}
