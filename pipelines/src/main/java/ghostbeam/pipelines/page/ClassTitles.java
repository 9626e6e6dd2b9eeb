package ghostbeam.pipelines.page;

import ghostbeam.model.storage.Storage;
import ghostbeam.pipelines.launch.Launch;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.pipelines.verdict.VerdictOptions;
import ghostbeam.transforms.text.PlainText;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What people call classes that the data knows by synsets.
 *
 * @param path the file they are from; empty where none was given
 * @param byName titles by the classes' names in the data
 */
public record ClassTitles(String path, Map<String, String> byName) {
  /** Of classes that have none. */
  public static final ClassTitles NONE = new ClassTitles("", Map.of());

  private static final int LARGEST = 16 << 20;

  /**
   * Reads what {@code --classNames} names: a class a line, its name in the data, white space, and
   * what people call it, such as {@code n01440764 tench, Tinca tinca}.
   *
   * @throws IOException where the file is missing, no text, or has no such line
   */
  public static ClassTitles read(Storage storage, VerdictOptions options) throws IOException {
    if (options.getClassNames() == null || options.getClassNames().isBlank()) {
      return NONE;
    }
    String path = Launch.absolute(options.getClassNames());
    if (!storage.exists(path)) {
      throw new IOException("--classNames=" + path + " is not there");
    }
    Map<String, String> titles = new LinkedHashMap<>();
    for (String line : PlainText.decode(path, storage.readWhole(path, LARGEST)).lines().toList()) {
      String[] parts = line.strip().split(",?\\s+", 2);
      if (parts.length == 2) {
        titles.putIfAbsent(parts[0], parts[1]);
      }
    }
    if (titles.isEmpty()) {
      throw new IOException(
          "--classNames=%s names no class; it takes lines such as n01440764 tench, Tinca tinca"
              .formatted(path));
    }
    return new ClassTitles(path, titles);
  }

  /**
   * Throws where titles were given and none is of the data.
   *
   * @throws IOException naming a class of each
   */
  public void requireSome(Report.Dataset data) throws IOException {
    if (!byName.isEmpty() && data.classes().stream().noneMatch(byName::containsKey)) {
      throw new IOException(
          "--classNames=%s names none of the data's classes, such as %s; its own are such as %s"
              .formatted(path, data.classes().get(0), byName.keySet().iterator().next()));
    }
  }

  /** By label: what a class is called by the data and then by people. */
  List<String> of(List<String> classes) {
    return classes.stream()
        .map(name -> byName.containsKey(name) ? name + " " + byName.get(name) : name)
        .toList();
  }
}
