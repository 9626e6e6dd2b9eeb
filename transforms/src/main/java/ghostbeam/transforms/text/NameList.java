package ghostbeam.transforms.text;

import ghostbeam.transforms.source.InvalidSourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A list of names, one per line: the line's first word, as in {@code n01440764 tench, Tinca tinca},
 * or its first cell if all lines are rows of a table. Headers, quotes and line numbers are dropped.
 */
public final class NameList {
  private static final Pattern SYNSET = Pattern.compile("n\\d{8}");

  /** A quoted cell, or one followed by a separator without a space after it. */
  private static final Pattern ROW = Pattern.compile("\".*|[^\\s,;]*[,;](\\S.*)?");

  private static final Pattern NUMBERED = Pattern.compile("(\\d{1,9})([:.)]?)\\s+(\\S.*)");

  private static final Pattern COLUMNS = Pattern.compile("\"?(\\w+)\"?([,;\t])\\S.*");

  /** Headers of name columns, besides those of label columns; letters only. */
  private static final Set<String> HEADINGS = Set.of("name", "names", "classes", "id", "wnids");

  private NameList() {}

  /**
   * A name.
   *
   * @param line number in the file, from 1
   * @param whole the cell that the name starts, or the line if it is not a table row
   * @param more the cells after that
   */
  public record Name(int line, String name, String whole, String more) {

    /** The text beside the name, such as the class in words. */
    public String title() {
      String rest = whole.substring(name.length()).replaceFirst("^[,\\s]+", "");
      return Stream.of(rest, more)
          .filter(text -> !text.isEmpty())
          .collect(Collectors.joining(", "));
    }
  }

  /**
   * All names; empty lines have empty names.
   *
   * @param path of the file, for messages
   * @param text with {@code \n} line ends
   * @throws InvalidSourceException if it is not a list, but JSON for example
   */
  public static List<Name> parse(String path, String text) throws InvalidSourceException {
    String list = text.stripTrailing();
    if (list.matches("(?s)\\s*([{].*[}]|\\[.*\\])")) {
      throw new InvalidSourceException(
          path + " is JSON or Python, not a list; expected text with one class per line");
    }
    List<String> lines = list.lines().map(String::strip).toList();
    boolean isTable = lines.stream().allMatch(ROW.asMatchPredicate()) || isTableByHeading(lines);
    List<Table.Row> rows = isTable ? Table.parse(path, list) : numbered(lines);
    boolean counted =
        isCounted(rows) || isCounted(rows.subList(Math.min(1, rows.size()), rows.size()));
    int from = counted ? 1 : 0;
    List<Name> names = new ArrayList<>();
    for (Table.Row row : rows.subList(hasHeading(rows, from) ? 1 : 0, rows.size())) {
      String cell = cell(row, from);
      String more =
          row.cells().stream()
              .skip(from + 1L)
              .filter(other -> !other.isEmpty())
              .collect(Collectors.joining(", "));
      names.add(new Name(row.line(), word(cell), cell, more));
    }
    return names;
  }

  /** Whether the first line is a table header and all others have its separator. */
  private static boolean isTableByHeading(List<String> lines) {
    Matcher heading = COLUMNS.matcher(lines.isEmpty() ? "" : lines.get(0));
    return heading.matches()
        && isHeading(heading.group(1))
        && lines.stream().allMatch(line -> line.isEmpty() || line.contains(heading.group(2)));
  }

  private static boolean isHeading(String cell) {
    return NamedValues.isHeading(cell) || HEADINGS.contains(NameColumn.letters(cell));
  }

  /** Rows of one cell per line, or of two if each line starts with a number that is not a name. */
  private static List<Table.Row> numbered(List<String> lines) {
    List<Table.Row> whole = new ArrayList<>();
    List<Table.Row> split = new ArrayList<>();
    boolean marked = true;
    boolean synsets = true;
    for (int i = 0; i < lines.size(); i++) {
      whole.add(new Table.Row(i + 1, List.of(lines.get(i))));
      Matcher numbered = NUMBERED.matcher(lines.get(i));
      if (numbered.matches()) {
        split.add(new Table.Row(i + 1, List.of(numbered.group(1), numbered.group(3))));
        marked &= !numbered.group(2).isEmpty();
        synsets &= SYNSET.matcher(word(numbered.group(3))).matches();
      }
    }
    return split.size() == lines.size() && (marked || synsets) && isCounted(split) ? split : whole;
  }

  /** Whether the first of several columns counts the rows from 0 or 1. */
  private static boolean isCounted(List<Table.Row> rows) {
    if (rows.size() < 2 || rows.stream().anyMatch(row -> row.cells().size() < 2)) {
      return false;
    }
    int start = cell(rows.get(0), 0).equals("0") ? 0 : 1;
    return IntStream.range(0, rows.size())
        .allMatch(i -> cell(rows.get(i), 0).equals(Integer.toString(start + i)));
  }

  private static boolean hasHeading(List<Table.Row> rows, int column) {
    if (rows.size() < 2) {
      return false;
    }
    boolean uncounted = column > 0 && !isCounted(rows);
    boolean called = isHeading(cell(rows.get(0), column));
    boolean onlySynsetsBelow =
        IntStream.range(0, rows.size())
            .allMatch(i -> SYNSET.matcher(word(cell(rows.get(i), column))).matches() == i > 0);
    return uncounted || called || onlySynsetsBelow;
  }

  private static String cell(Table.Row row, int column) {
    return NameColumn.cell(row, column);
  }

  private static String word(String text) {
    return text.replaceFirst(",?\\s.*", "");
  }
}
