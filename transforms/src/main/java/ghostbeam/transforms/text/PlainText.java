package ghostbeam.transforms.text;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.transforms.source.InvalidSourceException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.stream.Collectors;

/** Decodes text: UTF-8 with or without a byte order mark, and UTF-16 with one. */
public final class PlainText {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private PlainText() {}

  /**
   * The text without byte order marks and with {@code \n} line ends.
   *
   * @param path of the file, for messages
   * @throws InvalidSourceException if it cannot be decoded; the message has the line number
   */
  public static String decode(String path, byte[] bytes) throws InvalidSourceException {
    Charset charset = charset(bytes);
    CharBuffer text = CharBuffer.allocate(bytes.length + 1);
    CharsetDecoder decoder = charset.newDecoder();
    CoderResult end = decoder.decode(ByteBuffer.wrap(bytes), text, true);
    String decoded = text.flip().toString();
    if (end.isError() || decoded.indexOf('\0') >= 0) {
      int whole = decoded.indexOf('\0') >= 0 ? decoded.indexOf('\0') : decoded.length();
      throw new InvalidSourceException(
          "%s is not in %s from line %d on; save it as UTF-8"
              .formatted(path, charset, (decoded.substring(0, whole) + "x").lines().count()));
    }
    // Concatenated files have byte order marks inside.
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
