package ghostbeam.model.inference;

import ghostbeam.model.image.ValidationView;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

/** A kind of file that can be scored; {@link ModelFormats} lists all. */
interface ModelFormat {
  /** What names of its files end in, each with its dot; no other kind's do. */
  List<String> suffixes();

  /** Whether a folder stands for such files in it; others are scored only if they are named. */
  boolean isFoundInFolders();

  /**
   * Looks at a file.
   *
   * @throws IOException in one line, with its path, if it cannot be scored
   */
  ModelFile read(String path, byte[] file, Viewing viewing) throws IOException;

  /**
   * How files are to be seen and used.
   *
   * @param view from a file's own view to the one it is scored with
   * @param input what modules take that do not say it
   * @param slots that score a file at a time in a worker
   */
  record Viewing(UnaryOperator<ValidationView> view, ModuleInput input, int slots) {}
}
