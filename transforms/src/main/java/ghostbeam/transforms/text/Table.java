package ghostbeam.transforms.text;

import ghostbeam.transforms.source.InvalidSourceException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Parses tables as written by spreadsheets, pandas and R: cells separated by tabs, semicolons or
 * commas, quoted where necessary; empty lines are ignored.
 */
public final class Table {
  /** In the order tried: cells between tabs may contain commas, but not vice versa. */
  private static final char[] SEPARATORS = {'\t', ';', ','};

  /** Lines used to detect the separator. */
  private static final int PROBED_LINES = 20;

  /** Excel's way to declare the separator in the first line. */
  private static final String SEPARATOR_LINE = "sep=";

  private Table() {}

  /**
   * A row.
   *
   * @param line number in the file where it starts, from 1
   * @param cells without quotes and surrounding white space
   */
  public record Row(int line, List<String> cells) {}

  /**
   * All rows, including a header.
   *
   * @param path of the file, for messages
   * @param text with {@code \n} line ends
   * @throws InvalidSourceException if a quote is not closed; the message has the line number
   */
  public static List<Row> parse(String path, String text) throws InvalidSourceException {
    boolean declared = text.regionMatches(true, 0, SEPARATOR_LINE, 0, SEPARATOR_LINE.length());
    int start = declared ? Math.max(0, text.indexOf('\n')) : 0;
    char separator =
        declared && start > SEPARATOR_LINE.length()
            ? text.charAt(SEPARATOR_LINE.length())
            : separator(text);
    CSVFormat format =
        CSVFormat.DEFAULT
            .builder()
            .setDelimiter(separator)
            .setIgnoreEmptyLines(true)
            .setIgnoreSurroundingSpaces(separator != '\t')
            .build();
    List<Row> rows = new ArrayList<>();
    Lines lines = new Lines(text, start);
    try (CSVParser parser = format.parse(new StringReader(text.substring(start)))) {
      for (CSVRecord row : parser) {
        List<String> cells = row.stream().map(String::strip).toList();
        int line = lines.at(start + (int) row.getCharacterPosition());
        if (cells.stream().anyMatch(cell -> !cell.isEmpty())) {
          rows.add(new Row(line, cells));
        }
      }
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      int last = rows.isEmpty() ? 0 : rows.get(rows.size() - 1).line();
      throw new InvalidSourceException(
          "%s has a quote that is not closed as CSV requires, after line %d".formatted(path, last));
    }
    return rows;
  }

  private static char separator(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).limit(PROBED_LINES).toList();
    for (char separator : SEPARATORS) {
      if (!lines.isEmpty() && lines.stream().allMatch(line -> hasOutsideQuotes(line, separator))) {
        return separator;
      }
    }
    return ',';
  }

  private static boolean hasOutsideQuotes(String line, char wanted) {
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      quoted ^= line.charAt(i) == '"';
      if (!quoted && line.charAt(i) == wanted) {
        return true;
      }
    }
    return false;
  }

  /** Maps increasing positions in the text to line numbers. */
  private static final class Lines {
    private final String text;
    private int at;
    private int line = 1;

    Lines(String text, int start) {
      this.text = text;
      at(start);
    }

    /** The number of the first line that is not empty, from a position on. */
    int at(int position) {
      while (at < text.length() && (at < position || isBreak(text.charAt(at)))) {
        line += text.charAt(at++) == '\n' ? 1 : 0;
      }
      return line;
    }

    private static boolean isBreak(char character) {
      return character == '\n' || character == '\r';
    }
  }
}
