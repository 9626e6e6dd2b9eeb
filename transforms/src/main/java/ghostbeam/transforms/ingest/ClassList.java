package ghostbeam.transforms.ingest;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.text.NameList;
import ghostbeam.transforms.text.PlainText;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * All classes, from a text file whose line i names class i, from a manifest, or from the number of
 * classes.
 *
 * @param names in the list's order; empty if no list was given
 * @param lines for a text file, the whole line that each name starts; otherwise the names
 * @param titles for a text file, the text beside each name; otherwise empty strings
 * @param numbered whether line numbers are class numbers of a development kit, which counts from 1:
 *     only for a text file
 */
public record ClassList(
    List<String> names, List<String> lines, List<String> titles, boolean numbered)
    implements Serializable {
  /** No list. */
  public static final ClassList NONE = new ClassList(List.of(), List.of(), List.of(), false);

  private static final int LIMIT_BYTES = 16 << 20;
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");
  private static final Pattern SYNSET = Pattern.compile("n[0-9]+");
  private static final int MOST_CLASSES = 1_000_000;

  /** Numeric order of names that are whole numbers, ties by bytes. */
  private static final Comparator<String> BY_NUMBER =
      Comparator.<String>comparingInt(name -> digits(name).length())
          .thenComparing(ClassList::digits)
          .thenComparing(Storage.BYTE_ORDER);

  /** Reads the list; {@link #NONE} for an empty path. */
  public static ClassList read(Storage storage, String path) throws IOException {
    if (path.isEmpty()) {
      return NONE;
    }
    if (isNumber(path)) {
      return inLabelOrder(numbers(path));
    }
    Optional<DatasetFolder> dataset = DatasetFolder.ofManifest(storage, path);
    if (dataset.isPresent()) {
      return inLabelOrder(dataset.get().manifest().classes());
    }
    List<NameList.Name> list =
        NameList.parse(path, PlainText.decode(path, storage.readWhole(path, LIMIT_BYTES)));
    List<String> lines = list.stream().map(NameList.Name::whole).toList();
    List<String> names = names(list.stream().map(NameList.Name::name).toList(), lines);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (!LabelFile.isClassName(name) || !seen.add(name)) {
        throw new InvalidSourceException(
            String.format(
                "%s names %s in line %d; expected one class per line, each once",
                path, seen.contains(name) ? name + " again" : "no class", list.get(i).line()));
      }
    }
    if (names.isEmpty()) {
      throw new InvalidSourceException(path + " names no class; expected one per line");
    }
    List<String> titles = list.stream().map(NameList.Name::title).toList();
    return new ClassList(names, lines, titles, true);
  }

  private static ClassList inLabelOrder(List<String> names) {
    return new ClassList(names, names, Collections.nCopies(names.size(), ""), false);
  }

  /** {@code 0} to one less than the number of classes. */
  private static List<String> numbers(String count) throws InvalidSourceException {
    int classes = count.length() > 9 ? 0 : Integer.parseInt(count);
    if (classes < 1 || classes > MOST_CLASSES) {
      throw new InvalidSourceException(
          "%s cannot be the number of classes; expected 1 to %d".formatted(count, MOST_CLASSES));
    }
    return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
  }

  /**
   * The first words, as in {@code n01440764 tench, Tinca tinca}, or the whole lines if the first
   * words are ambiguous.
   */
  private static List<String> names(List<String> words, List<String> lines) {
    boolean distinct = new HashSet<>(words).size() == words.size();
    boolean synsets = words.stream().allMatch(word -> SYNSET.matcher(word).matches());
    return distinct || synsets ? words : lines;
  }

  /** This list, with whole lines as names if only those match the classes found. */
  public ClassList over(Collection<String> found) {
    Set<String> whole = new HashSet<>(lines);
    return !names.containsAll(found) && whole.containsAll(found)
        ? new ClassList(lines, lines, titles, numbered)
        : this;
  }

  /** {@code name title} for each of these classes that has a title. */
  public List<String> titled(Collection<String> classes) {
    Set<String> wanted = new HashSet<>(classes);
    return IntStream.range(0, names.size())
        .filter(number -> wanted.contains(names.get(number)))
        .filter(number -> !wanted.contains(names.get(number) + " " + titles.get(number)))
        .filter(number -> !titles.get(number).isEmpty())
        .mapToObj(number -> names.get(number) + " " + titles.get(number))
        .toList();
  }

  /** Whether any class has a title. */
  public boolean hasTitles() {
    return titles.stream().anyMatch(title -> !title.isEmpty());
  }

  boolean isEmpty() {
    return names.isEmpty();
  }

  /** Every text that identifies a class: names and whole lines. */
  Set<String> known() {
    Set<String> known = new HashSet<>(lines);
    known.addAll(names);
    return known;
  }

  /**
   * The names in label order.
   *
   * @param byNumber whether the list names numbered folders, so that its order is the label order
   */
  List<String> labels(boolean byNumber) {
    return byNumber || !numbered ? names : ranked(names);
  }

  /** In numeric order if all names are whole numbers, otherwise in byte order. */
  static List<String> ranked(Collection<String> names) {
    return names.stream().sorted(areNumbers(names) ? BY_NUMBER : Storage.BYTE_ORDER).toList();
  }

  /** Describes an order of classes. */
  static String order(List<String> labels) {
    return !labels.equals(ranked(labels))
        ? "in the list's order"
        : areNumbers(labels) ? "by number" : "in byte order";
  }

  /** Whether all names are whole numbers; false if there are none. */
  static boolean areNumbers(Collection<String> names) {
    return !names.isEmpty() && names.stream().allMatch(ClassList::isNumber);
  }

  static boolean isNumber(String name) {
    return NUMBER.matcher(name).matches();
  }

  /** Without leading zeros. */
  static String digits(String number) {
    return number.replaceFirst("^0+(?=.)", "");
  }
}
