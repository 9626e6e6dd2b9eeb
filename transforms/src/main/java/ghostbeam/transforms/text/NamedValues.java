package ghostbeam.transforms.text;

import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.text.Table.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A table that assigns values to names, with or without a header, maybe with further columns. The
 * two columns are found by their contents, and only if that is ambiguous by their headers.
 *
 * @param path of the table, for messages
 * @param rows of at least two cells each
 * @param names of the images present; cells may have other names, too
 * @param values whether a cell is certainly a value
 */
public record NamedValues(String path, List<Row> rows, ImageNames names, Predicate<String> values) {
  /** Headers of label columns in published tables, letters only. */
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

  /** Whether a cell is the header of a label column. */
  static boolean isHeading(String cell) {
    return HEADINGS.contains(NameColumn.letters(cell));
  }

  /** A row's name and value, with its line number from 1. */
  public record NamedValue(int line, String name, String value) {}

  /**
   * All rows except a header.
   *
   * @throws InvalidSourceException if a row is too short, or several columns may be the names or
   *     the values
   */
  public static List<NamedValue> of(
      String path, List<Row> rows, ImageNames names, Predicate<String> values)
      throws InvalidSourceException {
    return new NamedValues(path, rows, names, values).read();
  }

  private List<NamedValue> read() throws InvalidSourceException {
    int name = new NameColumn(path, rows, columns(), names).find(HEADINGS);
    int value = valueColumn(name);
    for (Row row : rows) {
      if (row.cells().size() <= Math.max(name, value)) {
        throw new InvalidSourceException(
            "%s has '%s' in line %d; expected name,label in each line, or a number in each"
                .formatted(path, shown(row), row.line()));
      }
    }
    return rows.stream()
        .skip(isHeading(name, value) ? 1 : 0)
        .map(row -> new NamedValue(row.line(), row.cells().get(name), row.cells().get(value)))
        .toList();
  }

  private int valueColumn(int name) throws InvalidSourceException {
    List<Integer> all = IntStream.range(0, columns()).filter(c -> c != name).boxed().toList();
    List<Integer> left = all.size() == 1 ? all : NameColumn.only(all, c -> !isCounter(c));
    for (Predicate<Integer> criterion :
        List.<Predicate<Integer>>of(
            c -> count(c, values) >= rows.size() - 1, // all but a header
            c -> isHeading(NameColumn.cell(rows.get(0), c)))) {
      left = left.size() == 1 ? left : NameColumn.only(left, criterion);
    }
    if (left.size() != 1) {
      throw new InvalidSourceException(
          "%s has %d columns, several of which may be labels (line %d: '%s'); keep the names and one of them"
              .formatted(path, columns(), rows.get(0).line(), shown(rows.get(0))));
    }
    return left.get(0);
  }

  /**
   * Whether the first row is a header: it names no image, its value is unique, and it has no
   * digits, unlike names of images and synsets.
   */
  private boolean isHeading(int name, int value) {
    String first = NameColumn.cell(rows.get(0), name);
    String label = NameColumn.cell(rows.get(0), value);
    boolean repeated =
        rows.stream().skip(1).anyMatch(row -> NameColumn.cell(row, value).equals(label))
            || values.test(label);
    return !names.isName(first)
        && !repeated
        && !label.isEmpty()
        && (first + label).chars().noneMatch(Character::isDigit);
  }

  /** Whether a column holds row numbers, as written by pandas and R. */
  private boolean isCounter(int column) {
    Set<String> cells = new HashSet<>();
    rows.forEach(row -> cells.add(NameColumn.cell(row, column)));
    return cells.size() >= rows.size() // an empty header counts as distinct, too
        && rows.stream()
            .skip(1)
            .allMatch(row -> NameColumn.cell(row, column).chars().allMatch(Character::isDigit))
        && rows.size() > 2;
  }

  private long count(int column, Predicate<String> criterion) {
    return rows.stream().filter(row -> criterion.test(NameColumn.cell(row, column))).count();
  }

  private int columns() {
    return rows.stream().mapToInt(row -> row.cells().size()).max().orElse(0);
  }

  private static String shown(Row row) {
    return FileNames.shown(String.join(",", row.cells()));
  }
}
