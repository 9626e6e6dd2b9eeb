package ghostbeam.model.inference;

import ghostbeam.model.image.ValidationView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The formats that can be scored. To add one, implement {@link ModelFormat} and list it here. */
public final class ModelFormats {
  private static final List<ModelFormat> ALL = List.of(new CheckpointFormat(), new ModuleFormat());

  private ModelFormats() {}

  /** The suffixes of scorable files, for messages. */
  public static String suffixes() {
    return ALL.stream()
        .flatMap(format -> format.suffixes().stream())
        .collect(Collectors.joining(", "));
  }

  /** Whether a path has one of these suffixes. */
  public static boolean isNamed(String path) {
    return of(path).isPresent();
  }

  /** Whether a file is found when its folder is given. */
  public static boolean isFoundInFolders(String path) {
    return of(path).filter(ModelFormat::isFoundInFolders).isPresent();
  }

  /** A path without the format's suffix. */
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
   * Reads and checks a scorable file. A module is tried on a batch of two images, so this runs its
   * code.
   *
   * @param view maps a file's own view to the one to score it with
   * @param input the input of modules that do not declare theirs
   * @param slots number of slots in a worker that score the file concurrently
   * @throws IOException with a one-line message including its path, where it cannot be scored
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
