package ghostbeam.transforms.text;

import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.UnfitSourceException;
import ghostbeam.transforms.text.Table.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Finds the column of a table that names images. Numbers of rows and of classes name images too
 * where those are called 0.jpg, 1.jpg, …, and to take them for names would give images the labels
 * of others.
 */
record NameColumn(String path, List<Row> rows, int columns, ImageNames names) {
  /** What columns of row numbers are called, letters alone; pandas and R leave it empty. */
  private static final Set<String> ROW_NUMBERS =
      Set.of("", "index", "idx", "unnamed", "row", "rowid", "rowname", "rownames", "rownum", "no");

  /**
   * The column.
   *
   * @param values what columns of labels are called
   * @throws UnfitSourceException if two columns name the images and disagree
   */
  int find(Set<String> values) throws UnfitSourceException {
    List<Integer> left = IntStream.range(0, columns).boxed().toList();
    long most = most(left);
    if (most == 0) {
      return 0;
    }
    // A misspelt name or two must not make the numbers of rows the better names.
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

  private void requireAgreement(int first, int other) throws UnfitSourceException {
    for (Row row : rows) {
      String one = cell(row, first);
      String two = cell(row, other);
      boolean named = names.isName(one) || names.isName(two);
      if (named && !names.stem(one).equals(names.stem(two))) {
        throw new UnfitSourceException(
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

  /** Those that bear a sign; all if none does. */
  static List<Integer> only(List<Integer> columns, Predicate<Integer> sign) {
    List<Integer> only = columns.stream().filter(sign).toList();
    return only.isEmpty() ? columns : only;
  }

  /** A cell; empty where a row is short. */
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

  /** As names are, and classes' numbers are not. */
  private boolean isMostlyDistinct(int column) {
    Set<String> cells = new HashSet<>();
    rows.forEach(row -> cells.add(cell(row, column)));
    return 2 * cells.size() >= rows.size();
  }

  /** Whether cells count rows from 0 or 1 on, under a heading that promises no more, or none. */
  private boolean isRowNumbers(int column) {
    if (!ROW_NUMBERS.contains(heading(column))) {
      return false;
    }
    String top = cell(rows.get(0), column);
    int headings = top.equals("0") || top.equals("1") ? 0 : 1;
    if (rows.size() == headings) {
      return false;
    }
    int start = cell(rows.get(headings), column).equals("0") ? 0 : 1;
    return IntStream.range(headings, rows.size())
        .allMatch(i -> cell(rows.get(i), column).equals("" + (i - headings + start)));
  }
}
