package ghostbeam.model.inference;

import ghostbeam.model.image.ValidationView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Which kinds of file can be scored. A new one is a {@link ModelFormat} and a line here. */
public final class ModelFormats {
  private static final List<ModelFormat> ALL = List.of(new CheckpointFormat(), new ModuleFormat());

  private ModelFormats() {}

  /** What names of files end in that can be scored, for a message. */
  public static String suffixes() {
    return ALL.stream()
        .flatMap(format -> format.suffixes().stream())
        .collect(Collectors.joining(", "));
  }

  /** Whether it is one of those by its name. */
  public static boolean isNamed(String path) {
    return of(path).isPresent();
  }

  /** Whether a folder stands for it. */
  public static boolean isFoundInFolders(String path) {
    return of(path).filter(ModelFormat::isFoundInFolders).isPresent();
  }

  /** A path less what says the kind of file. */
  public static String withoutSuffix(String path) {
    return of(path).stream()
        .flatMap(format -> format.suffixes().stream())
        .filter(path::endsWith)
        .findFirst()
        .map(suffix -> path.substring(0, path.length() - suffix.length()))
        .orElse(path);
  }

  private static Optional<ModelFormat> of(String path) {
    return ALL.stream()
        .filter(format -> format.suffixes().stream().anyMatch(path::endsWith))
        .findFirst();
  }

  /**
   * Looks at a file that can be scored. Of a module a batch of two images is scored, so its code
   * runs here.
   *
   * @param view from a file's own view to the one it is scored with
   * @param input what modules take that do not say it
   * @param slots that score the file at a time in a worker
   * @throws IOException in one line, with its path, where it is missing or cannot be scored
   */
  public static ModelFile read(
      String path, byte[] file, UnaryOperator<ValidationView> view, ModuleInput input, int slots)
      throws IOException {
    ModelFormat format =
        of(path)
            .orElseThrow(
                () ->
                    new IOException(
                        "%s cannot be scored: its name ends in none of %s"
                            .formatted(path, suffixes())));
    return format.read(path, file, new ModelFormat.Viewing(view, input, slots));
  }
}
