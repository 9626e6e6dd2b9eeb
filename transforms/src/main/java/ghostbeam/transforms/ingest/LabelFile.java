package ghostbeam.transforms.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.SourceFile;
import ghostbeam.transforms.source.UnfitSourceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A file that tells the class of each image of a flat folder, in one of three forms:
 *
 * <ul>
 *   <li>one number a line, the class's from 1, lines in byte order of the images' names, as
 *       ILSVRC2012_validation_ground_truth.txt. Its numbers are the development kit's
 *       (ILSVRC2012_ID), <em>not</em> ranks of the synsets in byte order: the list of classes must
 *       be in the kit's order, line i naming class i
 *   <li>Kaggle's LOC_val_solution.csv: {@code ImageId,PredictionString}, the prediction's first
 *       word being the synset
 *   <li>{@code name,label} a line, the label a class's name or number
 * </ul>
 *
 * <p>An image is named with or without folders and extension. Every image must have a label and
 * every label an image.
 */
final class LabelFile {
  private static final int LIMIT_BYTES = 256 << 20;
  private static final Set<String> HEADINGS =
      Set.of("imageid", "name", "filename", "file", "image");

  private final String path;
  private final ClassList classes;
  private final Set<String> known;
  private final List<String> lines;

  private LabelFile(String path, ClassList classes, List<String> lines) {
    this.path = path;
    this.classes = classes;
    this.known = classes.known();
    this.lines = lines;
  }

  static LabelFile read(Storage storage, String path, ClassList classes) throws IOException {
    return parse(path, storage.readWhole(path, LIMIT_BYTES), classes);
  }

  /**
   * The labels in a file's bytes.
   *
   * @param path what to call the file
   */
  static LabelFile parse(String path, byte[] bytes, ClassList classes) {
    String text = new String(bytes, UTF_8).stripTrailing();
    return new LabelFile(path, classes, text.lines().map(String::strip).toList());
  }

  static boolean isClassName(String text) {
    return !text.isBlank() && text.indexOf('/') < 0 && text.indexOf('\\') < 0 && !isHidden(text);
  }

  private static boolean isHidden(String text) {
    return text.startsWith(".") || text.indexOf('\0') >= 0;
  }

  /** The images under their keys, {@code <class>/<name>}. */
  List<SourceFile> label(String source, List<SourceFile> images) throws IOException {
    boolean numbers = lines.stream().allMatch(LabelFile::isNumber);
    return numbers ? byOrder(source, images) : byName(source, images);
  }

  private List<SourceFile> byOrder(String source, List<SourceFile> images) throws IOException {
    if (lines.size() != images.size()) {
      throw new UnfitSourceException(
          String.format(
              "%s has %d labels, %s has %d images; one label a line, in byte order of file names",
              path, lines.size(), source, images.size()));
    }
    List<SourceFile> sorted = new ArrayList<>(images);
    sorted.sort(Comparator.comparing(SourceFile::path, Storage.BYTE_ORDER));
    List<SourceFile> labelled = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      SourceFile image = sorted.get(i);
      labelled.add(image.at(numbered(lines.get(i), i) + "/" + image.path()));
    }
    return labelled;
  }

  private List<SourceFile> byName(String source, List<SourceFile> images) throws IOException {
    Map<String, String> labels = labelsByName();
    Set<String> unused = new HashSet<>(labels.keySet());
    List<SourceFile> labelled = new ArrayList<>();
    for (SourceFile image : images) {
      String name = labels.containsKey(image.path()) ? image.path() : FileNames.stem(image.path());
      String label = labels.get(name);
      if (label == null) {
        throw new UnfitSourceException(
            String.format("%s holds %s, which %s does not name", source, image.path(), path));
      }
      unused.remove(name);
      labelled.add(image.at(label + "/" + image.path()));
    }
    if (!unused.isEmpty()) {
      throw new UnfitSourceException(
          String.format(
              "%s names %d images that %s does not hold, such as %s",
              path, unused.size(), source, unused.stream().sorted().findFirst().orElse("")));
    }
    return labelled;
  }

  private Map<String, String> labelsByName() throws IOException {
    Map<String, String> labels = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      int comma = lines.get(i).lastIndexOf(',');
      if (comma < 1) {
        throw new UnfitSourceException(
            String.format(
                "%s has '%s' in line %d; expected name,label in each line, or a number in each",
                path, lines.get(i), i + 1));
      }
      String name = FileNames.last(lines.get(i).substring(0, comma).strip());
      if (i > 0 || !HEADINGS.contains(name.toLowerCase(Locale.ROOT))) {
        String label = className(lines.get(i).substring(comma + 1).strip(), i);
        if (labels.put(name, label) != null) {
          throw new UnfitSourceException(
              String.format("%s names %s again in line %d", path, name, i + 1));
        }
      }
    }
    return labels;
  }

  /** The class that a label names, tells the number of, or, in Kaggle's form, begins with. */
  private String className(String label, int line) throws IOException {
    if (known.contains(label)) {
      return label;
    }
    String first = label.matches("n\\d{8} .*") ? label.substring(0, 9) : label;
    if (isNumber(first)) {
      return numbered(first, line);
    }
    if (!isClassName(first) || !(known.isEmpty() || known.contains(first))) {
      throw new UnfitSourceException(
          String.format(
              "%s has the label '%s' in line %d, which is no class", path, label, line + 1));
    }
    return first;
  }

  private String numbered(String number, int line) throws IOException {
    if (!classes.numbered()) {
      throw new UnfitSourceException(
          path
              + " gives classes by number; --classes must name a text file whose line i is the class"
              + " of number i, since such numbers are not the classes' order in byte order");
    }
    int id = number.length() > 9 ? 0 : Integer.parseInt(number);
    if (id < 1 || id > classes.names().size()) {
      throw new UnfitSourceException(
          String.format(
              "%s has the class %s in line %d; --classes has 1 to %d",
              path, number, line + 1, classes.names().size()));
    }
    return classes.names().get(id - 1);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
