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

/**
 * Images in one folder, as in ImageNet's validation split, with a labels file: the one given, or
 * the one inside Kaggle's archive.
 */
final class FlatImages implements SourceLayout {
  /** Beside {@code ILSVRC/}. */
  private static final String KAGGLE_LABELS = "LOC_val_solution.csv";

  private static final String KAGGLE_SPLIT = "val";
  private static final int LIMIT_BYTES = 256 << 20;

  @Override
  public boolean fits(ImageSource source, List<SplitLayout> inputs) {
    return !source.labels().isEmpty()
        || (SplitLayout.same(source.split(), KAGGLE_SPLIT) && kaggleLabels(inputs).isPresent());
  }

  /** Kaggle's labels file, if the only input has a flat split and contains it. */
  private static Optional<SourceFile> kaggleLabels(List<SplitLayout> inputs) {
    if (inputs.size() != 1 || !inputs.get(0).split().isLeaf()) {
      return Optional.empty();
    }
    List<SourceFile> found =
        inputs.get(0).files().stream()
            .filter(file -> FileNames.last(file.path()).equals(KAGGLE_LABELS))
            .toList();
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  @Override
  public Found images(
      Storage storage, ImageSource source, List<SplitLayout> inputs, ClassList given)
      throws IOException {
    List<SourceFile> images = new ArrayList<>();
    SkippedFiles skippedFiles = new SkippedFiles();
    for (SplitLayout input : inputs) {
      String folder = folder(input, source.split());
      images.addAll(
          input.images(
              path ->
                  path.startsWith(folder) && path.indexOf('/', folder.length()) < 0
                      ? path.substring(folder.length())
                      : null,
              skippedFiles));
    }
    List<SourceFile> labelled = labels(storage, source, inputs, given).label(source.uri(), images);
    return new Found(new ArrayList<>(labelled), skippedFiles, Origin.LABELS_FILE);
  }

  private static LabelFile labels(
      Storage storage, ImageSource source, List<SplitLayout> inputs, ClassList given)
      throws IOException {
    if (!source.labels().isEmpty()) {
      return LabelFile.read(storage, source.labels(), given);
    }
    SourceFile own = kaggleLabels(inputs).orElseThrow();
    String path = inputs.get(0).input().within(own.path() + "/").toString();
    return LabelFile.parse(path, own.read(storage, LIMIT_BYTES), given);
  }

  /** The split's only folder with images. */
  private static String folder(SplitLayout input, String split) throws InvalidSourceException {
    Optional<FolderTree> only = input.flat();
    if (only.isPresent()) {
      return only.get().path();
    }
    long folders = input.split().withFiles().count();
    throw new InvalidSourceException(
        String.format(
            "%s has %s; a labels file is for images in one folder",
            input.input(),
            folders == 0
                ? "no images"
                : "files in "
                    + folders
                    + " folders"
                    + (input.split().path().isEmpty()
                        ? " and none of them is named " + split
                        : " of the split " + split)),
        folders == 0 ? null : SourceRemedy.ONE_FOLDER_OR_NO_LABELS_FILE.with());
  }
}
