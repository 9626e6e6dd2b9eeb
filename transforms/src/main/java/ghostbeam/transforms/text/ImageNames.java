package ghostbeam.transforms.text;

import ghostbeam.transforms.source.FileNames;
import java.util.HashSet;
import java.util.Set;

/**
 * What a table may call the images that are there.
 *
 * @param whole file names, with what follows their last dot
 * @param stems without it
 */
public record ImageNames(Set<String> whole, Set<String> stems) {

  /** The names of files that lie in one folder. */
  public static ImageNames of(Iterable<String> files) {
    Set<String> whole = new HashSet<>();
    Set<String> stems = new HashSet<>();
    for (String file : files) {
      whole.add(file);
      stems.add(FileNames.stem(file));
    }
    return new ImageNames(whole, stems);
  }

  /** An image's name without folders, which Windows separates by backslashes. */
  public static String plain(String cell) {
    return FileNames.last(cell.replace('\\', '/'));
  }

  /** Whether a cell names an image, with its extension or without. */
  boolean isName(String cell) {
    return isWhole(cell) || stems.contains(plain(cell));
  }

  /** Whether a cell is the name of a file as it lies there. */
  boolean isWhole(String cell) {
    return whole.contains(plain(cell));
  }

  /** What two cells that name the same image have in common. */
  String stem(String cell) {
    return isWhole(cell) ? FileNames.stem(plain(cell)) : plain(cell);
  }
}
