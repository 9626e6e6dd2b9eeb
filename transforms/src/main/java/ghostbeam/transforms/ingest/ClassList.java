package ghostbeam.transforms.ingest;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.UnfitSourceException;
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
 * All classes there are, from a text file, whose line i names the class of number i, a manifest, or
 * how many there are.
 *
 * @param names in the list's order; empty where no list was given
 * @param lines of a text file what each name begins, else the names
 * @param titles of a text file what else stands beside each name, else nothing
 * @param numbered whether a class can be told by its number in a development kit, which counts from
 *     1: only in a text file
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

  /** By the numbers that names are, then by bytes. */
  private static final Comparator<String> BY_NUMBER =
      Comparator.<String>comparingInt(name -> digits(name).length())
          .thenComparing(ClassList::digits)
          .thenComparing(Storage.BYTE_ORDER);

  /** Reads the list; no path, no list. */
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
        throw new UnfitSourceException(
            String.format(
                "%s names %s in line %d; expected one class a line, each once",
                path, seen.contains(name) ? name + " again" : "no class", list.get(i).line()));
      }
    }
    if (names.isEmpty()) {
      throw new UnfitSourceException(path + " names no class; expected one a line");
    }
    List<String> titles = list.stream().map(NameList.Name::title).toList();
    return new ClassList(names, lines, titles, true);
  }

  private static ClassList inLabelOrder(List<String> names) {
    return new ClassList(names, names, Collections.nCopies(names.size(), ""), false);
  }

  /** {@code 0} to one less than the number of classes. */
  private static List<String> numbers(String count) throws UnfitSourceException {
    int classes = count.length() > 9 ? 0 : Integer.parseInt(count);
    if (classes < 1 || classes > MOST_CLASSES) {
      throw new UnfitSourceException(
          "%s classes cannot be; their number is 1 to %d".formatted(count, MOST_CLASSES));
    }
    return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
  }

  /**
   * The first words, as {@code n01440764 tench, Tinca tinca} has; all where those are not enough.
   */
  private static List<String> names(List<String> words, List<String> lines) {
    boolean enough = new HashSet<>(words).size() == words.size();
    boolean synsets = words.stream().allMatch(word -> SYNSET.matcher(word).matches());
    return enough || synsets ? words : lines;
  }

  /** This list, by its whole lines where those are what classes at hand are called. */
  public ClassList over(Collection<String> found) {
    Set<String> whole = new HashSet<>(lines);
    return !names.containsAll(found) && whole.containsAll(found)
        ? new ClassList(lines, lines, titles, numbered)
        : this;
  }

  /** For each of some classes of which a text file says more than its name: name, blank, title. */
  public List<String> titled(Collection<String> classes) {
    Set<String> wanted = new HashSet<>(classes);
    return IntStream.range(0, names.size())
        .filter(number -> wanted.contains(names.get(number)))
        .filter(number -> !wanted.contains(names.get(number) + " " + titles.get(number)))
        .filter(number -> !titles.get(number).isEmpty())
        .mapToObj(number -> names.get(number) + " " + titles.get(number))
        .toList();
  }

  /** Whether it says more of any class than its name. */
  public boolean hasTitles() {
    return titles.stream().anyMatch(title -> !title.isEmpty());
  }

  boolean isEmpty() {
    return names.isEmpty();
  }

  /** Every word that stands for one class. */
  Set<String> known() {
    Set<String> known = new HashSet<>(lines);
    known.addAll(names);
    return known;
  }

  /**
   * In label order.
   *
   * @param byNumber whether the list gave numbers their names: then its order is theirs
   */
  List<String> labels(boolean byNumber) {
    return byNumber || !numbered ? names : ranked(names);
  }

  /** By number where all names are whole numbers, else in byte order. */
  static List<String> ranked(Collection<String> names) {
    return names.stream().sorted(areNumbers(names) ? BY_NUMBER : Storage.BYTE_ORDER).toList();
  }

  /** What to call an order of classes. */
  static String order(List<String> labels) {
    return !labels.equals(ranked(labels))
        ? "in the list's order"
        : areNumbers(labels) ? "by number" : "in byte order";
  }

  /** Whether there are names and all are whole numbers. */
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
