package ghostbeam.transforms.text;

import ghostbeam.transforms.source.FileNames;
import java.util.HashSet;
import java.util.Set;

/**
 * The names by which a table may refer to the images present.
 *
 * @param whole file names with their extension
 * @param stems file names without it
 */
public record ImageNames(Set<String> whole, Set<String> stems) {

  /** The names of files in one folder. */
  public static ImageNames of(Iterable<String> files) {
    Set<String> whole = new HashSet<>();
    Set<String> stems = new HashSet<>();
    for (String file : files) {
      whole.add(file);
      stems.add(FileNames.stem(file));
    }
    return new ImageNames(whole, stems);
  }

  /** An image's name without folders, whose separator may be a backslash. */
  public static String plain(String cell) {
    return FileNames.last(cell.replace('\\', '/'));
  }

  /** Whether a cell names an image, with or without extension. */
  boolean isName(String cell) {
    return isWhole(cell) || stems.contains(plain(cell));
  }

  /** Whether a cell names an image with its extension. */
  boolean isWhole(String cell) {
    return whole.contains(plain(cell));
  }

  /** The name without extension, equal for all cells that name the same image. */
  String stem(String cell) {
    return isWhole(cell) ? FileNames.stem(plain(cell)) : plain(cell);
  }
}
