package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.InvalidSourceException;
import ghostbeam.transforms.source.SkippedFiles;
import ghostbeam.transforms.source.SourceFile;
import ghostbeam.transforms.source.SourceRemedy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Images in one folder whose names end in their class, like {@code n01440764_10026_n01440764.JPEG},
 * as in Hugging Face's tars.
 */
final class NamedImages implements SourceLayout {
  private static final Pattern NAME = Pattern.compile(".*_(n\\d{8})\\.[A-Za-z]+");

  @Override
  public boolean fits(ImageSource source, List<SplitLayout> inputs) {
    return source.labels().isEmpty()
        && inputs.stream()
            .allMatch(
                input ->
                    input.flat().map(FolderTree::example).filter(this::endsInClass).isPresent());
  }

  private boolean endsInClass(String path) {
    return NAME.matcher(path).matches();
  }

  @Override
  public Found images(
      Storage storage, ImageSource source, List<SplitLayout> inputs, ClassList given)
      throws IOException {
    List<SourceFile> images = new ArrayList<>();
    SkippedFiles skippedFiles = new SkippedFiles();
    for (SplitLayout input : inputs) {
      String folder = input.flat().map(FolderTree::path).orElseThrow();
      List<SourceFile> files =
          input.images(path -> path.startsWith(folder) ? key(path) : null, skippedFiles);
      Optional<SourceFile> without =
          files.stream().filter(file -> file.path().startsWith("/")).findFirst();
      if (without.isPresent()) {
        throw new InvalidSourceException(
            "%s has images whose names end in a class, such as _n01440764.JPEG, and others that do"
                    .formatted(input.input())
                + " not, such as "
                + FileNames.shown(without.get().path().substring(1)),
            SourceRemedy.MOVE_OR_LABELS_FILE.with());
      }
      images.addAll(files);
    }
    return new Found(images, skippedFiles, Origin.FILE_NAMES);
  }

  /** The key; it begins with {@code /} if the name has no class. */
  private static String key(String path) {
    String name = FileNames.last(path);
    Matcher matcher = NAME.matcher(name);
    return (matcher.matches() ? matcher.group(1) : "") + "/" + name;
  }
}
