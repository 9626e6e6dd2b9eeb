package ghostbeam.transforms.text;

import ghostbeam.transforms.source.UnfitSourceException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The rows of a table as spreadsheets, pandas and R write it: cells separated by tabs, semicolons
 * or commas, quoted where they must be; empty lines are none.
 */
public final class Table {
  /**
   * In the order in which they are tried, since texts between tabs have commas, not the reverse.
   */
  private static final char[] SEPARATORS = {'\t', ';', ','};

  /** Lines by which the separator is known. */
  private static final int TRIED = 20;

  /** What Excel takes for an instruction. */
  private static final String SEPARATOR_LINE = "sep=";

  private Table() {}

  /**
   * A row.
   *
   * @param line where it begins in the file, from 1
   * @param cells without quotes, and without white space around them
   */
  public record Row(int line, List<String> cells) {}

  /**
   * All rows, the heading among them.
   *
   * @param path what to call the file
   * @param text its lines ended by {@code \n}
   * @throws UnfitSourceException if quotes are not closed; the message says in which line
   */
  public static List<Row> parse(String path, String text) throws UnfitSourceException {
    boolean told = text.regionMatches(true, 0, SEPARATOR_LINE, 0, SEPARATOR_LINE.length());
    int start = told ? Math.max(0, text.indexOf('\n')) : 0;
    char separator =
        told && start > SEPARATOR_LINE.length()
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
      throw new UnfitSourceException(
          "%s has a quote that is not closed as CSV wants it, behind line %d"
              .formatted(path, last));
    }
    return rows;
  }

  private static char separator(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).limit(TRIED).toList();
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

  /** Numbers of lines, asked for from first to last. */
  private static final class Lines {
    private final String text;
    private int at;
    private int line = 1;

    Lines(String text, int start) {
      this.text = text;
      at(start);
    }

    /** Of the first line that is not empty from a position on. */
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
