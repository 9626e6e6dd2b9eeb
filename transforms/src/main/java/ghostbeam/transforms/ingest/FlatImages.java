package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.SkippedFiles;
import ghostbeam.transforms.source.SourceFile;
import ghostbeam.transforms.source.UnfitSourceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Images that lie in one folder, as those of ImageNet's validation split do, and a file that says
 * their classes: one that was given, or the one that Kaggle puts into its own archive.
 */
final class FlatImages implements SourceLayout {
  /** Beside {@code ILSVRC/}. */
  private static final String KAGGLES = "LOC_val_solution.csv";

  private static final String KAGGLES_SPLIT = "val";
  private static final int LIMIT_BYTES = 256 << 20;

  @Override
  public boolean fits(ImageSource source, List<SplitLayout> inputs) {
    return !source.labels().isEmpty()
        || (SplitLayout.same(source.split(), KAGGLES_SPLIT) && kaggles(inputs).isPresent());
  }

  /** The labels of the only input's flat split, where it holds them. */
  private static Optional<SourceFile> kaggles(List<SplitLayout> inputs) {
    if (inputs.size() != 1 || !inputs.get(0).split().isLeaf()) {
      return Optional.empty();
    }
    List<SourceFile> found =
        inputs.get(0).files().stream()
            .filter(file -> FileNames.last(file.path()).equals(KAGGLES))
            .toList();
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  @Override
  public Found images(
      Storage storage, ImageSource source, List<SplitLayout> inputs, ClassList given)
      throws IOException {
    List<SourceFile> images = new ArrayList<>();
    SkippedFiles leftOut = new SkippedFiles();
    for (SplitLayout input : inputs) {
      String folder = folder(input, source.split());
      images.addAll(
          input.images(
              path ->
                  path.startsWith(folder) && path.indexOf('/', folder.length()) < 0
                      ? path.substring(folder.length())
                      : null,
              leftOut));
    }
    List<SourceFile> labelled = labels(storage, source, inputs, given).label(source.uri(), images);
    return new Found(new ArrayList<>(labelled), leftOut, Origin.LABELS_FILE);
  }

  private static LabelFile labels(
      Storage storage, ImageSource source, List<SplitLayout> inputs, ClassList given)
      throws IOException {
    if (!source.labels().isEmpty()) {
      return LabelFile.read(storage, source.labels(), given);
    }
    SourceFile own = kaggles(inputs).orElseThrow();
    String path = inputs.get(0).input().within(own.path() + "/").toString();
    return LabelFile.parse(path, own.read(storage, LIMIT_BYTES), given);
  }

  /** The split's only folder with images. */
  private static String folder(SplitLayout input, String split) throws UnfitSourceException {
    Optional<FolderTree> only = input.flat();
    if (only.isPresent()) {
      return only.get().path();
    }
    long folders = input.split().withFiles().count();
    throw new UnfitSourceException(
        String.format(
            "%s has %s; a file of labels is for images that lie in one folder",
            input.input(),
            folders == 0
                ? "no images"
                : "files in "
                    + folders
                    + " folders"
                    + (input.split().path().isEmpty()
                        ? " and none of them is called " + split
                        : " of the split " + split)));
  }
}
