package ghostbeam.transforms.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghostbeam.model.dataset.DatasetFolder;
import ghostbeam.model.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All classes there are, from a text file, whose line i names the class of number i (from 1), or a
 * train split's manifest, whose classes have no numbers.
 *
 * @param names in the file's order; empty where no list was given
 * @param numbered whether a class can be told by its number
 */
public record ClassList(List<String> names, boolean numbered) {
  private static final int LIMIT_BYTES = 16 << 20;

  /** Reads the list; no path, no list. */
  public static ClassList read(Storage storage, String path) throws IOException {
    if (path.isEmpty()) {
      return new ClassList(List.of(), false);
    }
    Optional<DatasetFolder> dataset = DatasetFolder.ofManifest(storage, path);
    if (dataset.isPresent()) {
      return new ClassList(dataset.get().manifest().classes(), false);
    }
    List<String> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String line : new String(storage.readWhole(path, LIMIT_BYTES), UTF_8).lines().toList()) {
      String name = name(line);
      if (!LabelFile.isClassName(name) || !seen.add(name)) {
        throw new UnfitSourceException(
            String.format(
                "%s names %s in line %d; expected one class a line, each once",
                path, seen.contains(name) ? name + " again" : "no class", names.size() + 1));
      }
      names.add(name);
    }
    return new ClassList(List.copyOf(names), true);
  }

  /** Of a line such as {@code n01440764 tench, Tinca tinca} the synset, of others all. */
  private static String name(String line) {
    String stripped = line.strip();
    return stripped.matches("n\\d{8}\\s.*") ? stripped.substring(0, 9) : stripped;
  }

  boolean isEmpty() {
    return names.isEmpty();
  }

  /** In byte order, as labels count them. */
  List<String> ranked() {
    return names.stream().sorted(Storage.BYTE_ORDER).toList();
  }
}
