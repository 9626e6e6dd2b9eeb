package ghostbeam.transforms.ingest;

import ghostbeam.model.storage.Storage;
import ghostbeam.transforms.source.FileNames;
import ghostbeam.transforms.source.SourceFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Images that lie in one folder, as those of ImageNet's validation split do, and a file that says
 * their classes.
 */
final class FlatImages implements SourceForm {

  @Override
  public boolean fits(ImageSource source) {
    return !source.labels().isEmpty();
  }

  @Override
  public List<SourceFile> images(
      Storage storage, ImageSource source, List<SourceListing> inputs, ClassList given)
      throws IOException {
    List<SourceFile> images = new ArrayList<>();
    for (SourceListing input : inputs) {
      images.addAll(of(input, source.split()));
    }
    return LabelFile.read(storage, source.labels(), given).label(source.uri(), images);
  }

  /**
   * The files of the split's folder, wherever it lies, else of the only folder that has files;
   * their paths made file names.
   */
  private static List<SourceFile> of(SourceListing listing, String split) throws IOException {
    String folder = folder(listing, split);
    return listing.files().stream()
        .filter(file -> folderOf(file).equals(folder))
        .map(file -> file.at(FileNames.last(file.path())))
        .toList();
  }

  private static String folder(SourceListing listing, String split) throws IOException {
    TreeSet<String> folders =
        listing.files().stream()
            .map(FlatImages::folderOf)
            .collect(Collectors.toCollection(TreeSet::new));
    List<String> named =
        folders.stream().filter(folder -> ("/" + folder).endsWith("/" + split + "/")).toList();
    if (named.size() == 1) {
      return named.get(0);
    }
    if (named.isEmpty() && folders.size() == 1) {
      return folders.first();
    }
    throw new UnfitSourceException(
        String.format(
            "%s has %s; --labels is for images that lie in one folder",
            listing.input(),
            named.isEmpty()
                ? "files in " + folders.size() + " folders and none of them is called " + split
                : "the split " + split + " more than once (" + String.join(", ", named) + ")"));
  }

  /** Empty, or ending in {@code /}. */
  private static String folderOf(SourceFile file) {
    return file.path().substring(0, file.path().lastIndexOf('/') + 1);
  }
}
