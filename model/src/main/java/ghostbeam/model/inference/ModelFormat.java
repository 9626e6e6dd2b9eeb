package ghostbeam.model.inference;

import ghostbeam.model.image.ValidationView;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

/** A kind of file that can be scored; {@link ModelFormats} lists all. */
interface ModelFormat {
  /** The suffixes of its files' names, including the dot; formats must not share any. */
  List<String> suffixes();

  /** Whether such files are found when a folder is given; other formats' must be named. */
  boolean isFoundInFolders();

  /**
   * Reads and checks a file.
   *
   * @throws IOException with a one-line message including its path, if it cannot be scored
   */
  ModelFile read(String path, byte[] file, Viewing viewing) throws IOException;

  /**
   * How files are to be scored.
   *
   * @param view maps a file's own view to the one to score it with
   * @param input the input of modules that do not declare theirs
   * @param slots number of slots in a worker that score a file concurrently
   */
  record Viewing(UnaryOperator<ValidationView> view, ModuleInput input, int slots) {}
}
