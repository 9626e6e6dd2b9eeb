package ghostbeam.transforms.text;

import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.text.Table.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Finds the column of a table that names images. If images are called 0.jpg, 1.jpg, …, columns of
 * row numbers and class numbers look like names, too, and choosing one would mix up the labels.
 */
record NameColumn(String path, List<Row> rows, int columns, ImageNames names) {
  /** Headers of row number columns, letters only; pandas and R leave them empty. */
  private static final Set<String> ROW_NUMBERS =
      Set.of("", "index", "idx", "unnamed", "row", "rowid", "rowname", "rownames", "rownum", "no");

  /**
   * The index of the column.
   *
   * @param values headers of label columns
   * @throws InvalidSourceException if two columns name the images and disagree
   */
  int find(Set<String> values) throws InvalidSourceException {
    List<Integer> left = IntStream.range(0, columns).boxed().toList();
    long most = most(left);
    if (most == 0) {
      return 0;
    }
    // A misspelt name or two must not make a column of row numbers the better match.
    left = left.stream().filter(column -> 2 * count(column) >= most).toList();
    left = only(left, column -> !values.contains(heading(column)));
    left = only(left, this::isMostlyDistinct);
    left = columns > 2 ? only(left, column -> !isRowNumbers(column)) : left;
    long best = most(left);
    left = left.stream().filter(column -> count(column) == best).toList();
    left = only(left, this::isWhole);
    int first = left.get(0);
    for (int other : left) {
      requireAgreement(first, other);
    }
    return first;
  }

  private void requireAgreement(int first, int other) throws InvalidSourceException {
    for (Row row : rows) {
      String one = cell(row, first);
      String two = cell(row, other);
      boolean named = names.isName(one) || names.isName(two);
      if (named && !names.stem(one).equals(names.stem(two))) {
        throw new InvalidSourceException(
            "%s names images in %s and in %s, which disagree (line %d: '%s' and '%s'); keep one of them"
                .formatted(
                    path,
                    called(first),
                    called(other),
                    row.line(),
                    FileNames.shown(one),
                    FileNames.shown(two)));
      }
    }
  }

  private String called(int column) {
    return "column %d ('%s')".formatted(column + 1, FileNames.shown(cell(rows.get(0), column)));
  }

  /** The columns that meet a criterion, or all if none does. */
  static List<Integer> only(List<Integer> columns, Predicate<Integer> criterion) {
    List<Integer> only = columns.stream().filter(criterion).toList();
    return only.isEmpty() ? columns : only;
  }

  /** A cell; empty if the row is too short. */
  static String cell(Row row, int column) {
    return column < row.cells().size() ? row.cells().get(column) : "";
  }

  static String letters(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
  }

  private String heading(int column) {
    return letters(cell(rows.get(0), column));
  }

  private long most(List<Integer> of) {
    return of.stream().mapToLong(this::count).max().orElse(0);
  }

  private long count(int column) {
    return rows.stream().filter(row -> names.isName(cell(row, column))).count();
  }

  private boolean isWhole(int column) {
    return rows.stream().filter(row -> names.isWhole(cell(row, column))).count() == count(column);
  }

  /** True for names, but not for class numbers. */
  private boolean isMostlyDistinct(int column) {
    Set<String> cells = new HashSet<>();
    rows.forEach(row -> cells.add(cell(row, column)));
    return 2 * cells.size() >= rows.size();
  }

  /** Whether cells count rows from 0 or 1, with no header or one that suggests row numbers. */
  private boolean isRowNumbers(int column) {
    if (!ROW_NUMBERS.contains(heading(column))) {
      return false;
    }
    String top = cell(rows.get(0), column);
    int headers = top.equals("0") || top.equals("1") ? 0 : 1;
    if (rows.size() == headers) {
      return false;
    }
    int start = cell(rows.get(headers), column).equals("0") ? 0 : 1;
    return IntStream.range(headers, rows.size())
        .allMatch(i -> cell(rows.get(i), column).equals("" + (i - headers + start)));
  }
}
