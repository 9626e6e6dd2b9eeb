package ghostbeam.transforms.text;

import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.UnfitSourceException;
import ghostbeam.transforms.text.Table.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A table in which each row says something of what it names, with a heading or without, and with
 * other columns too. Which columns it is that name and say is told by what is in them, and only
 * where that leaves several by their heading.
 *
 * @param path what to call the table
 * @param rows of at least two cells each
 * @param names of the images that are there; names of others may be among the cells
 * @param values whether a cell is sure to be a value
 */
public record NamedValues(String path, List<Row> rows, ImageNames names, Predicate<String> values) {
  /** What columns of labels are called in the tables that people publish, letters alone. */
  private static final Set<String> HEADINGS =
      Set.of(
          "label",
          "labels",
          "class",
          "classname",
          "synset",
          "wnid",
          "target",
          "category",
          "breed",
          "species",
          "predictionstring");

  /** Whether a cell is what columns of labels are called. */
  static boolean isHeading(String cell) {
    return HEADINGS.contains(NameColumn.letters(cell));
  }

  /** What a row says: of which name, and in which line. */
  public record NamedValue(int line, String name, String value) {}

  /**
   * All rows but a heading.
   *
   * @throws UnfitSourceException if a row is short, or several columns may hold the names or the
   *     values
   */
  public static List<NamedValue> of(
      String path, List<Row> rows, ImageNames names, Predicate<String> values)
      throws UnfitSourceException {
    return new NamedValues(path, rows, names, values).read();
  }

  private List<NamedValue> read() throws UnfitSourceException {
    int name = new NameColumn(path, rows, columns(), names).find(HEADINGS);
    int value = valueColumn(name);
    for (Row row : rows) {
      if (row.cells().size() <= Math.max(name, value)) {
        throw new UnfitSourceException(
            "%s has '%s' in line %d; expected name,label in each line, or a number in each"
                .formatted(path, shown(row), row.line()));
      }
    }
    return rows.stream()
        .skip(isHeading(name, value) ? 1 : 0)
        .map(row -> new NamedValue(row.line(), row.cells().get(name), row.cells().get(value)))
        .toList();
  }

  private int valueColumn(int name) throws UnfitSourceException {
    List<Integer> all = IntStream.range(0, columns()).filter(c -> c != name).boxed().toList();
    List<Integer> left = all.size() == 1 ? all : NameColumn.only(all, c -> !isCounter(c));
    for (Predicate<Integer> sign :
        List.<Predicate<Integer>>of(
            c -> count(c, values) >= rows.size() - 1, // but the heading
            c -> isHeading(NameColumn.cell(rows.get(0), c)))) {
      left = left.size() == 1 ? left : NameColumn.only(left, sign);
    }
    if (left.size() != 1) {
      throw new UnfitSourceException(
          "%s has %d columns, several of which may be labels (line %d: '%s'); keep the names and one of them"
              .formatted(path, columns(), rows.get(0).line(), shown(rows.get(0))));
    }
    return left.get(0);
  }

  /**
   * A first row that names nothing, says what no other row says, and has no digits, as names of
   * images and of synsets have.
   */
  private boolean isHeading(int name, int value) {
    String first = NameColumn.cell(rows.get(0), name);
    String label = NameColumn.cell(rows.get(0), value);
    boolean oneOfOthers =
        rows.stream().skip(1).anyMatch(row -> NameColumn.cell(row, value).equals(label))
            || values.test(label);
    return !names.isName(first)
        && !oneOfOthers
        && !label.isEmpty()
        && (first + label).chars().noneMatch(Character::isDigit);
  }

  /** Whether a column counts rows, as pandas and R write them. */
  private boolean isCounter(int column) {
    Set<String> cells = new HashSet<>();
    rows.forEach(row -> cells.add(NameColumn.cell(row, column)));
    return cells.size() >= rows.size() // a heading that is empty is one too
        && rows.stream()
            .skip(1)
            .allMatch(row -> NameColumn.cell(row, column).chars().allMatch(Character::isDigit))
        && rows.size() > 2;
  }

  private long count(int column, Predicate<String> sign) {
    return rows.stream().filter(row -> sign.test(NameColumn.cell(row, column))).count();
  }

  private int columns() {
    return rows.stream().mapToInt(row -> row.cells().size()).max().orElse(0);
  }

  private static String shown(Row row) {
    return FileNames.shown(String.join(",", row.cells()));
  }
}
