package ghostbeam.transforms.ingest;

import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceRemedy;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Maps class folders to class names: their own, or for numbered folders those of a list. */
final class ClassNumbers {
  private static final Pattern SYNSET = Pattern.compile("n\\d{8}");

  private final ImageSource source;
  private final ClassList given;

  /** The spelling of each number seen, keyed by its digits without leading zeros. */
  private final Map<String, String> spellings = new HashMap<>();

  private String numbered = "";
  private String named = "";
  private boolean renamed;
  private boolean hasZero;

  ClassNumbers(ImageSource source, ClassList given) {
    this.source = source;
    this.given = given;
  }

  /** Where the class names of all folders so far came from. */
  SourceLayout.Origin origin() {
    return renamed ? SourceLayout.Origin.FOLDER_NUMBERS : SourceLayout.Origin.FOLDER_NAMES;
  }

  /**
   * The class of each folder of an input.
   *
   * @throws InvalidSourceException if two folders have the same number, a number is not in the
   *     list, or one input has numbers and another synsets
   */
  Map<String, String> named(SplitLayout input, Collection<String> folders)
      throws InvalidSourceException {
    Map<String, String> names = new LinkedHashMap<>();
    folders.forEach(folder -> names.put(folder, folder));
    if (!ClassList.areNumbers(folders)) {
      if (folders.stream().anyMatch(folder -> SYNSET.matcher(folder).matches())) {
        named = input.input().toString();
      }
      requireOneScheme();
      return names;
    }
    requireDifferent(input, folders, new HashMap<>());
    if (given.isEmpty() || given.over(folders).names().containsAll(folders)) {
      numbered = input.input().toString();
      requireOneScheme();
      requireDifferent(input, folders, spellings);
      return names;
    }
    for (String folder : folders) {
      hasZero |= ClassList.digits(folder).equals("0");
      names.put(folder, name(input, folder));
    }
    renamed = true;
    return names;
  }

  private String name(SplitLayout input, String folder) throws InvalidSourceException {
    int classes = given.names().size();
    String digits = ClassList.digits(folder);
    int number = digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    long place = (long) number - offset();
    if (place < 0 || place >= classes) {
      throw new InvalidSourceException(
          "%s has the class folder %s, but %s lists %d classes, whose numbers are %d to %d"
              .formatted(
                  input.input(),
                  folder,
                  source.classes(),
                  classes,
                  offset(),
                  offset() + classes - 1),
          place == classes && offset() == 0
              ? SourceRemedy.FOLDERS_FROM_ONE.with()
              : SourceRemedy.RIGHT_CLASSES_OR_OFFSET.with());
    }
    return given.names().get((int) place);
  }

  private int offset() {
    return source.labelOffset() == null ? 0 : source.labelOffset();
  }

  /**
   * Refuses to guess whether numbers start at 0 or 1: without a folder 0, the list's first name may
   * belong to a folder 0 that this split lacks, or to folder 1.
   */
  void requireOffset() throws InvalidSourceException {
    if (renamed && !hasZero && source.labelOffset() == null) {
      throw new InvalidSourceException(
          "%s has no class folder 0, so %s may name folders from 0 or from 1"
              .formatted(source.uri(), source.classes()),
          SourceRemedy.FOLDERS_FROM_ZERO_OR_ONE.with());
    }
  }

  /** Otherwise {@code 7} and {@code 07} would be two classes, or silently become one. */
  private static void requireDifferent(
      SplitLayout input, Collection<String> folders, Map<String, String> spellings)
      throws InvalidSourceException {
    for (String folder : folders) {
      String before = spellings.put(ClassList.digits(folder), folder);
      if (before != null && !before.equals(folder)) {
        throw new InvalidSourceException(
            "%s has the class folders %s and %s, which are the same number; rename one of them"
                .formatted(input.input(), FileNames.shown(before), FileNames.shown(folder)));
      }
    }
  }

  /** Otherwise one class could have two labels. */
  private void requireOneScheme() throws InvalidSourceException {
    if (!numbered.isEmpty() && !named.isEmpty()) {
      throw new InvalidSourceException(
          "%s names classes by number and %s by synset".formatted(numbered, named),
          SourceRemedy.LIST_SYNSETS.with());
    }
  }
}
