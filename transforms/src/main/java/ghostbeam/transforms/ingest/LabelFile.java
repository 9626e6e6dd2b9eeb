package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SourceFile;
import ghostbeam.transforms.source.SourceRemedy;
import ghostbeam.transforms.text.ImageNames;
import ghostbeam.transforms.text.NamedValues;
import ghostbeam.transforms.text.NamedValues.NamedValue;
import ghostbeam.transforms.text.PlainText;
import ghostbeam.transforms.text.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A file with the class of each image of a flat folder, in one of three formats:
 *
 * <ul>
 *   <li>one class number per line, from 1, in byte order of the images' names, like
 *       ILSVRC2012_validation_ground_truth.txt. The numbers are the development kit's
 *       (ILSVRC2012_ID), <em>not</em> the synsets' ranks in byte order, so line i of the class list
 *       must name class i of the kit. Or one class name per line, in the same order
 *   <li>Kaggle's LOC_val_solution.csv: {@code ImageId,PredictionString}, where the first word of
 *       the prediction is the synset
 *   <li>{@code name,label} per line, the label being a class name or number: a table as written by
 *       pandas, R and spreadsheets, with or without a header
 * </ul>
 *
 * <p>Images are named with or without folders and extension. Every image must have a label and
 * every label an image.
 */
record LabelFile(String path, ClassList classes, Set<String> known, List<Table.Row> rows) {
  private static final int LIMIT_BYTES = 256 << 20;
  private static final Pattern SYNSET = Pattern.compile("n\\d{8}\\b");

  static LabelFile read(Storage storage, String path, ClassList classes) throws IOException {
    return parse(path, storage.readWhole(path, LIMIT_BYTES), classes);
  }

  /**
   * The labels in a file's bytes.
   *
   * @param path of the file, for messages
   */
  static LabelFile parse(String path, byte[] bytes, ClassList classes)
      throws InvalidSourceException {
    List<Table.Row> rows = Table.parse(path, PlainText.decode(path, bytes));
    return new LabelFile(path, classes, classes.known(), rows);
  }

  static boolean isClassName(String text) {
    return !text.isBlank() && text.indexOf('/') < 0 && text.indexOf('\\') < 0 && !isHidden(text);
  }

  private static boolean isHidden(String text) {
    return text.startsWith(".") || text.indexOf('\0') >= 0;
  }

  /** The images, renamed to their keys, {@code <class>/<name>}. */
  List<SourceFile> label(String source, List<SourceFile> images) throws IOException {
    List<Table.Row> labels = rows.subList(hasHeadingAlone() ? 1 : 0, rows.size());
    if (labels.stream().allMatch(this::isLabelAlone)) {
      return byOrder(source, labels, images);
    }
    if (labels.stream().allMatch(row -> row.cells().size() == 1)) {
      throw noLabel(labels.stream().filter(row -> !isLabelAlone(row)).findFirst().orElseThrow());
    }
    return byName(source, images);
  }

  private InvalidSourceException noLabel(Table.Row row) {
    return new InvalidSourceException(
        "%s has '%s' in line %d; expected name,label in each line, or a number in each"
            .formatted(path, FileNames.shown(row.cells().get(0)), row.line()));
  }

  /** Whether the file has one label per line, below a header. */
  private boolean hasHeadingAlone() {
    return rows.size() > 1
        && rows.get(0).cells().size() == 1
        && !isLabelAlone(rows.get(0))
        && isLabelAlone(rows.get(1));
  }

  private boolean isLabelAlone(Table.Row row) {
    String label = row.cells().get(0);
    return row.cells().size() == 1
        && (ClassList.isNumber(label) || known.contains(label) || SYNSET.matcher(label).matches());
  }

  private List<SourceFile> byOrder(String source, List<Table.Row> labels, List<SourceFile> images)
      throws IOException {
    if (labels.size() != images.size()) {
      throw new InvalidSourceException(
          String.format(
              "%s has %d labels, %s has %d images; one label per line, in byte order of file names",
              path, labels.size(), source, images.size()),
          SourceRemedy.RIGHT_LABELS_FILE.with());
    }
    List<SourceFile> sorted = new ArrayList<>(images);
    sorted.sort(Comparator.comparing(SourceFile::path, Storage.BYTE_ORDER));
    List<SourceFile> labelled = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      SourceFile image = sorted.get(i);
      Table.Row row = labels.get(i);
      labelled.add(image.at(className(row.cells().get(0), row.line()) + "/" + image.path()));
    }
    return labelled;
  }

  private List<SourceFile> byName(String source, List<SourceFile> images) throws IOException {
    Map<String, NamedValue> labels = labelsByName(images);
    Set<String> unused = new HashSet<>(labels.keySet());
    List<SourceFile> labelled = new ArrayList<>();
    for (SourceFile image : images) {
      String name = labels.containsKey(image.path()) ? image.path() : FileNames.stem(image.path());
      NamedValue label = labels.get(name);
      if (label == null) {
        throw new InvalidSourceException(
            String.format(
                "%s holds %s, which %s does not name", source, FileNames.shown(image.path()), path),
            SourceRemedy.RIGHT_LABELS_FILE.with());
      }
      unused.remove(name);
      labelled.add(image.at(className(label.value(), label.line()) + "/" + image.path()));
    }
    if (!unused.isEmpty()) {
      NamedValue first =
          unused.stream()
              .map(labels::get)
              .min(Comparator.comparingInt(NamedValue::line))
              .orElseThrow();
      throw new InvalidSourceException(
          String.format(
              "%s names %d images that %s does not hold, such as %s in line %d",
              path, unused.size(), source, FileNames.shown(first.name()), first.line()),
          SourceRemedy.RIGHT_LABELS_FILE.with());
    }
    return labelled;
  }

  private Map<String, NamedValue> labelsByName(List<SourceFile> images) throws IOException {
    ImageNames names = ImageNames.of(images.stream().map(SourceFile::path).toList());
    Map<String, NamedValue> labels = new HashMap<>();
    for (NamedValue label : table(names)) {
      if (labels.put(ImageNames.plain(label.name()), label) != null) {
        throw new InvalidSourceException(
            String.format(
                "%s names %s again in line %d", path, FileNames.shown(label.name()), label.line()));
      }
    }
    return labels;
  }

  private List<NamedValue> table(ImageNames names) throws InvalidSourceException {
    return NamedValues.of(
        path, rows, names, cell -> known.contains(cell) || SYNSET.matcher(cell).lookingAt());
  }

  /** The class that a label names, gives the number of, or, in Kaggle's format, starts with. */
  private String className(String label, int line) throws IOException {
    if (known.contains(label)) {
      return label;
    }
    String first = label.matches("n\\d{8} .*") ? label.substring(0, 9) : label;
    if (ClassList.isNumber(first)) {
      return numbered(first, line);
    }
    if (!isClassName(first) || !(known.isEmpty() || known.contains(first))) {
      throw new InvalidSourceException(
          String.format(
              "%s has the label '%s' in line %d, which is %s",
              path,
              FileNames.shown(label),
              line,
              known.isEmpty() ? "not a class name" : "not in the list of classes"),
          known.isEmpty() ? null : SourceRemedy.RIGHT_CLASSES.with());
    }
    return first;
  }

  private String numbered(String number, int line) throws IOException {
    if (!classes.numbered()) {
      throw new InvalidSourceException(
          path + " gives classes by number, and those numbers are not ranks in byte order",
          SourceRemedy.LIST_CLASSES_BY_NUMBER.with());
    }
    int id = number.length() > 9 ? 0 : Integer.parseInt(number);
    if (id < 1 || id > classes.names().size()) {
      throw new InvalidSourceException(
          String.format(
              "%s has the class %s in line %d; the list of classes has 1 to %d",
              path, number, line, classes.names().size()),
          SourceRemedy.RIGHT_CLASSES.with());
    }
    return classes.names().get(id - 1);
  }
}
