package ghostbeam.pipelines.page;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.VerdictOptions;
import ghostbeam.transforms.text.NameList;
import ghostbeam.transforms.text.PlainText;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Human-readable titles of classes that the data names by synset.
 *
 * @param byName titles by the classes' names in the data
 */
public record ClassTitles(Map<String, String> byName) {
  /** No titles. */
  public static final ClassTitles NONE = new ClassTitles(Map.of());

  private static final int LARGEST = 16 << 20;
  private static final Logger LOG = LoggerFactory.getLogger(ClassTitles.class);

  /**
   * Reads the file given by {@code --classNames}, or else the one kept beside the data: one class a
   * line, its name in the data, white space and its title, such as {@code n01440764 tench, Tinca
   * tinca}.
   *
   * @throws IOException if the given file is missing, not text, or has no line for a class of the
   *     data
   */
  public static ClassTitles of(Storage storage, VerdictOptions options, Report.Dataset data)
      throws IOException {
    if (options.getClassNames() == null || options.getClassNames().isBlank()) {
      return beside(storage, data);
    }
    String path = Launch.absolute(options.getClassNames());
    if (!storage.exists(path)) {
      throw new IOException("--classNames=" + path + " does not exist");
    }
    ClassTitles titles = read(storage, path);
    if (titles.byName.isEmpty()) {
      throw new IOException(
          "--classNames=%s names no class; expected lines such as n01440764 tench, Tinca tinca"
              .formatted(path));
    }
    if (data.classes().stream().noneMatch(titles.byName::containsKey)) {
      throw new IOException(
          "--classNames=%s names none of the data's classes, such as %s; it has classes such as %s"
              .formatted(path, data.classes().get(0), titles.byName.keySet().iterator().next()));
    }
    return titles;
  }

  /** The titles of this split, or of another in its folder; none if the data is unreachable. */
  private static ClassTitles beside(Storage storage, Report.Dataset data) {
    try {
      // Looked up by name, not listed: someone else's report may name any folder, even a whole
      // disk.
      for (String split : List.of(data.split(), "train", "val", "test")) {
        String path = new DatasetFolder(storage, data.uri(), split).titlesPath();
        if (storage.exists(path)) {
          return read(storage, path);
        }
      }
    } catch (IOException | RuntimeException e) { // an invalid path, or a store's own failure
      LOG.warn("report.html has no class titles: {}", e.getMessage());
    }
    return NONE;
  }

  private static ClassTitles read(Storage storage, String path) throws IOException {
    Map<String, String> titles = new LinkedHashMap<>();
    String text = PlainText.decode(path, storage.readWhole(path, LARGEST));
    for (NameList.Name name : NameList.parse(path, text)) {
      if (!name.title().isEmpty()) {
        titles.putIfAbsent(name.name(), name.title());
      }
    }
    return new ClassTitles(titles);
  }

  /** By label: a class's name in the data, then its title. */
  List<String> of(List<String> classes) {
    return classes.stream()
        .map(name -> byName.containsKey(name) ? name + " " + byName.get(name) : name)
        .toList();
  }
}
